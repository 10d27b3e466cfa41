/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_events.c - what each event of a trace becomes; as a mapping and as a
 * line it becomes the same.
 */
#include <stdlib.h>

#include "sim/trace.h"
#include "tests/check_events.h"
#include "tests/describe.h"
#include "tests/suite.h"
#include "tests/text_file.h"

/* clang-format off */
static const struct row {
	const char *yaml, *line, *want;
} rows[] = {
	/* ranges */
	{ "grant: {domain: 1, ref: 8..10, to: 0, frame: 0x100..}",
	  "grant domain=1 ref=8..10 to=0 frame=0x100..",
	  "grant domain=1 to=0 { ref=0x8 frame=0x100 } { ref=0x9 frame=0x101 }"
	  " { ref=0xa frame=0x102 }" },
	{ "grant: {domain: 1, ref: 8.., to: 0, frame: 1..2, readonly: true}",
	  "grant domain=1 ref=8.. to=0 frame=1..2 readonly=true",
	  "grant domain=1 to=0 readonly { ref=0x8 frame=0x1 }"
	  " { ref=0x9 frame=0x2 }" },
	{ "grant: {domain: 1, ref: 8..8, to: 0, frame: 7..}",
	  "grant domain=1 ref=8..8 to=0 frame=7..",
	  "grant domain=1 to=0 { ref=0x8 frame=0x7 }" },
	{ "revoke: {domain: 1, ref: 8..9}", "revoke domain=1 ref=8..9",
	  "revoke domain=1 { ref=0x8 } { ref=0x9 }" },

	/* map: flags, labels, several operations */
	{ "map: {domain: 0, ops: [{ref: 8, from: 1, at: 0x1000}]}",
	  "map domain=0 ref=8 from=1 at=0x1000",
	  "map domain=0 { ref=0x8 from=0x1 at=0x1000 flags=0x2 }" },
	{ "map: {domain: 0, ref: 8, from: 1, at: 0x1000, readonly: true}",
	  "map domain=0 ref=8 from=1 at=0x1000 readonly=true",
	  "map domain=0 { ref=0x8 from=0x1 at=0x1000 flags=0x6 }" },
	{ "map: {domain: 0, ref: 8, from: 1, device: true}",
	  "map domain=0 ref=8 from=1 device=true",
	  "map domain=0 { ref=0x8 from=0x1 flags=0x1 }" },
	{ "map: {domain: 0, ref: 8, from: 1, at: 0x1000, device: true,"
	  " host: true}",
	  "map domain=0 ref=8 from=1 at=0x1000 device=true host=true",
	  "map domain=0 { ref=0x8 from=0x1 at=0x1000 flags=0x3 }" },
	{ "map: {domain: 0, ref: 8, from: 1, pte_of: 0x1000,"
	  " application: true}",
	  "map domain=0 ref=8 from=1 pte_of=0x1000 application=true",
	  "map domain=0 { ref=0x8 from=0x1 at_pte=0x1000 flags=0x1a }" },
	{ "map: {domain: 0, ref: 8, from: 1, at: 0x5008, contains_pte: true}",
	  "map domain=0 ref=8 from=1 at=0x5008 contains_pte=true",
	  "map domain=0 { ref=0x8 from=0x1 at=0x5008 flags=0x12 }" },
	{ "map: {domain: 0, cpu: 3, array: 0x7000, ops: [{ref: 8, from: 1,"
	  " at: 0x1000, as: x}, {ref: 9..10, from: 1, at: 0x2000.., as: y,"
	  " status: bad_page}]}",
	  "map domain=0 cpu=3 array=0x7000 ref=8 from=1 at=0x1000 as=x ;"
	  " ref=9..10 from=1 at=0x2000.. as=y status=bad_page",
	  "map cpu=3 domain=0 array=0x7000"
	  " { ref=0x8 from=0x1 at=0x1000 flags=0x2 as=2[0] }"
	  " { ref=0x9 from=0x1 at=0x2000 flags=0x2 as=3[0] status=-9 }"
	  " { ref=0xa from=0x1 at=0x3000 flags=0x2 as=3[1] status=-9 }" },
	{ "map: {domain: 0, ref: 8..9, from: 1, at: 0x1000..0x2000,"
	  " as: 'h[7..]'}",
	  "map domain=0 ref=8..9 from=1 at=0x1000..0x2000 as=h[7..]",
	  "map domain=0 { ref=0x8 from=0x1 at=0x1000 flags=0x2 as=0[7] }"
	  " { ref=0x9 from=0x1 at=0x2000 flags=0x2 as=0[8] }" },

	/* unmap: handles */
	{ "unmap: {domain: 0, handle: 17, at: 0x1000}",
	  "unmap domain=0 handle=17 at=0x1000",
	  "unmap domain=0 { at=0x1000 handle=0x11 }" },
	{ "unmap: {domain: 0, handle: 'h[2]'}", "unmap domain=0 handle=h[2]",
	  "unmap domain=0 { label=0[2] }" },
	{ "unmap: {domain: 0, handle: 'h[1..2]', at: 0x2000..}",
	  "unmap domain=0 handle=h[1..2] at=0x2000..",
	  "unmap domain=0 { at=0x2000 label=0[1] } { at=0x3000 label=0[2] }" },
	{ "unmap: {domain: 0, handle: h}", "unmap domain=0 handle=h",
	  "unmap domain=0 { label=0[0] } { label=0[1] } { label=0[2] }"
	  " { label=0[3] }" },
	{ "unmap: {domain: 0, handle: 'k[5]', pte_of: 0x9000,"
	  " dev_bus_addr: 0x3000, status: -4}",
	  "unmap domain=0 handle=k[5] pte_of=0x9000 dev_bus_addr=0x3000"
	  " status=-4",
	  "unmap domain=0 { at_pte=0x9000 dev_bus_addr=0x3000 label=1[5]"
	  " status=-4 }" },
	{ "unmap: {domain: 0, handle: 'h[1]', device: true}",
	  "unmap domain=0 handle=h[1] device=true",
	  "unmap domain=0 { without_host=0x1 with_device=0x1 label=0[1] }" },
	{ "unmap: {domain: 0, handle: 'h[1]', device: true, host: true}",
	  "unmap domain=0 handle=h[1] device=true host=true",
	  "unmap domain=0 { with_device=0x1 label=0[1] }" },
	{ "unmap: {domain: 0, handle: 'h[1]', device: true, at: 0x2000}",
	  "unmap domain=0 handle=h[1] device=true at=0x2000",
	  "unmap domain=0 { at=0x2000 with_device=0x1 label=0[1] }" },
	{ "unmap: {domain: 0, handle: 3, host: false, dev_bus_addr: 0x1000}",
	  "unmap domain=0 handle=3 host=false dev_bus_addr=0x1000",
	  "unmap domain=0 { dev_bus_addr=0x1000 without_host=0x1 handle=0x3 }"
	},
	{ "unmap: {domain: 0, call: park, handle: 17..19, at: 0x1000..}",
	  "unmap domain=0 call=park handle=17..19 at=0x1000..",
	  "unmap domain=0 call=1[0] { at=0x1000 handle=0x11 }"
	  " { at=0x2000 handle=0x12 } { at=0x3000 handle=0x13 }" },
	{ "dma_read: {domain: 0, handle: 'h[1..2]'}",
	  "dma_read domain=0 handle=h[1..2]",
	  "dma_read domain=0 { label=0[1] } { label=0[2] }" },
	{ "dma_write: {domain: 0, at: 0x2000..0x3000}",
	  "dma_write domain=0 at=0x2000..0x3000",
	  "dma_write domain=0 { at=0x2000 } { at=0x3000 }" },
	{ "unmap_and_replace: {domain: 0, handle: h, at: 0x1000..,"
	  " new_at: 0x5000.., status: okay}",
	  "unmap_and_replace domain=0 handle=h at=0x1000.. new_at=0x5000.."
	  " status=okay",
	  "unmap_and_replace domain=0"
	  " { at=0x1000 new_at=0x5000 label=0[0] status=0 }"
	  " { at=0x2000 new_at=0x6000 label=0[1] status=0 }"
	  " { at=0x3000 new_at=0x7000 label=0[2] status=0 }"
	  " { at=0x4000 new_at=0x8000 label=0[3] status=0 }" },

	/* copy */
	{ "copy: {domain: 0, source_ref: 8, source_domain: 1, dest_frame: 5,"
	  " length: 4K}",
	  "copy domain=0 source_ref=8 source_domain=1 dest_frame=5 length=4K",
	  "copy domain=0 { source ref=0x8 of 1 dest frame=0x5 of self"
	  " length=0x1000 }" },
	{ "copy: {domain: 0, source_frame: 5.., source_domain: self,"
	  " source_offset: 16, dest_ref: 9..10, dest_domain: 1,"
	  " dest_offset: 32, length: 8, status: bad_gntref}",
	  "copy domain=0 source_frame=5.. source_domain=self source_offset=16"
	  " dest_ref=9..10 dest_domain=1 dest_offset=32 length=8"
	  " status=bad_gntref",
	  "copy domain=0 { source frame=0x5 of self offset=0x10"
	  " dest ref=0x9 of 1 offset=0x20 length=0x8 status=-3 }"
	  " { source frame=0x6 of self offset=0x10"
	  " dest ref=0xa of 1 offset=0x20 length=0x8 status=-3 }" },

	/* accesses */
	{ "read: {cpu: 1, at: 0xffff880000120000}",
	  "read cpu=1 at=0xffff880000120000",
	  "read cpu=1 at=0xffff880000120000 count=1" },
	{ "write: {domain: 1, at: 0x10, count: 3, stride: 4K, user: true}",
	  "write domain=1 at=0x10 count=3 stride=4K user=true",
	  "write domain=1 at=0x10 count=3 stride=0x1000 user=0x1" },
	{ "fetch: {cpu: 0, at: 0}", "fetch cpu=0 at=0",
	  "fetch cpu=0 at=0 count=1" },

	/* an OS's own pages */
	{ "map_page: {domain: 1, at: 0x1000..0x3000, frame: 4..}",
	  "map_page domain=1 at=0x1000..0x3000 frame=4..",
	  "map_page domain=1 flags=0x3 { frame=0x4 at=0x1000 }"
	  " { frame=0x5 at=0x2000 } { frame=0x6 at=0x3000 }" },
	{ "map_page: {domain: 1, at: 2M..4M, frame: 512.., size: 2M,"
	  " writable: false, user: false, global: true, nx: true}",
	  "map_page domain=1 at=2M..4M frame=512.. size=2M writable=false"
	  " user=false global=true nx=true",
	  "map_page domain=1 size=0x1 flags=0xc { frame=0x200 at=0x200000 }"
	  " { frame=0x400 at=0x400000 }" },
	{ "unmap_page: {domain: 1, at: 0x1000}",
	  "unmap_page domain=1 at=0x1000", "unmap_page domain=1 { at=0x1000 }" },
	{ "protect: {domain: 1, at: 1G, size: 1G, writable: false}",
	  "protect domain=1 at=1G size=1G writable=false",
	  "protect domain=1 size=0x2 flags=0x2 { at=0x40000000 }" },

	{ "share_table: {domain: 1, at: 0x400000, table_of: 0x200000}",
	  "share_table domain=1 at=0x400000 table_of=0x200000",
	  "share_table domain=1 { at=0x400000 new_at=0x200000 }" },

	/* entries that the hypervisor writes for a guest */
	{ "mmu_update: {domain: 0, pte_of: 0x1000, clear: 0x20}",
	  "mmu_update domain=0 pte_of=0x1000 clear=0x20",
	  "mmu_update domain=0 way=0 { at_pte=0x1000 clear=0x20 }" },
	{ "mmu_update: {cpu: 1, domain: 0, cmd: 2, refused: true, ops:"
	  " [{pte_of: 0x1000, set: 0x3, frame: 7},"
	  " {pte_of: 0x2000..0x3000, clear: 1}]}",
	  "mmu_update cpu=1 domain=0 cmd=2 refused=true pte_of=0x1000 set=0x3"
	  " frame=7 ; pte_of=0x2000..0x3000 clear=1",
	  "mmu_update cpu=1 domain=0 way=1 refused"
	  " { frame=0x7 at_pte=0x1000 set=0x3 } { at_pte=0x2000 clear=0x1 }"
	  " { at_pte=0x3000 clear=0x1 }" },
	{ "mmu_update: {domain: 0, cmd: 3, pte_of: 0x1000}",
	  "mmu_update domain=0 cmd=3 pte_of=0x1000",
	  "mmu_update domain=0 way=2 { at_pte=0x1000 }" },
	{ "update_va_mapping: {domain: 0, at: 0x1000..0x2000, frame: 7..}",
	  "update_va_mapping domain=0 at=0x1000..0x2000 frame=7..",
	  "update_va_mapping domain=0 way=0 { frame=0x7 at=0x1000 }"
	  " { frame=0x8 at=0x2000 }" },
	{ "write_pte: {domain: 0, pte_of: 0x1000, clear: 1, refused: true}",
	  "write_pte domain=0 pte_of=0x1000 clear=1 refused=true",
	  "write_pte domain=0 way=3 refused { at_pte=0x1000 clear=0x1 }" },

	/* registers, scheduling, making things happen */
	{ "invlpg: {cpu: 2, at: 0x1000}", "invlpg cpu=2 at=0x1000",
	  "invlpg cpu=2 at=0x1000" },
	{ "invpcid: {cpu: 2, type: 0, pcid: 5, at: 0x1000}",
	  "invpcid cpu=2 type=0 pcid=5 at=0x1000",
	  "invpcid cpu=2 type=0 pcid=0x5 at=0x1000" },
	{ "load_cr3: {cpu: 2}", "load_cr3 cpu=2",
	  "load_cr3 cpu=2 reg=1 value=0" },
	{ "load_cr3: {cpu: 2, value: 0x8000000000000001}",
	  "load_cr3 cpu=2 value=0x8000000000000001",
	  "load_cr3 cpu=2 reg=1 value=0x8000000000000001" },
	{ "set_control: {cpu: 0, register: cr0, value: 0x80000001}",
	  "set_control cpu=0 register=cr0 value=0x80000001",
	  "set_control cpu=0 reg=0 value=0x80000001" },
	{ "set_control: {cpu: 0, register: cr4, value: 0x20}",
	  "set_control cpu=0 register=cr4 value=0x20",
	  "set_control cpu=0 reg=2 value=0x20" },
	{ "set_control: {cpu: 0, register: efer, value: 0x500}",
	  "set_control cpu=0 register=efer value=0x500",
	  "set_control cpu=0 reg=3 value=0x500" },
	{ "flush: {cpus: [0, 3]}", "flush cpus=0,3", "flush cpus=0x9" },
	{ "flush: {cpus: 2}", "flush cpus=2", "flush cpus=0x4" },
	{ "flush: {cpu: 1}", "flush cpu=1", "flush cpu=1 cpus=0x2" },
	{ "schedule: {cpu: 1, domain: 1}", "schedule cpu=1 domain=1",
	  "schedule cpu=1 domain=1" },
	{ "schedule: {cpu: 1, domain: idle, point: 2}",
	  "schedule cpu=1 domain=idle point=2", "schedule cpu=1 point=0x2" },
	{ "fault: {cpu: 1, copy: 3}", "fault cpu=1 copy=3",
	  "fault cpu=1 point=0x3" },
	{ "preempt: {domain: 1, point: 1}", "preempt domain=1 point=1",
	  "preempt domain=1 point=0x1" },
	{ "unmap: {domain: 0, call: u, before: flush_tlb, handle: 17}",
	  "unmap domain=0 call=u before=flush_tlb handle=17",
	  "unmap domain=0 call=1[0] before=flush_tlb:1 { handle=0x11 }" },
	{ "unmap: {domain: 0, call: u, before: any, nth: 7, handle: 17}",
	  "unmap domain=0 call=u before=any nth=7 handle=17",
	  "unmap domain=0 call=1[0] before=any:7 { handle=0x11 }" },
	{ "resume: {call: c, before: lock, nth: 2}",
	  "resume call=c before=lock nth=2",
	  "resume call=0[0] before=lock:2" },
	{ "resume: {call: c, nth: 2}", "resume call=c nth=2",
	  "resume call=0[0] before=any:2" },
	{ "resume: {call: c, cpu: 2}", "resume call=c cpu=2",
	  "resume cpu=2 call=0[0]" },
	{ "inspect: {cpu: 1, walk: 0x1000}", "inspect cpu=1 walk=0x1000",
	  "inspect cpu=1 walk=0x1000" },
	{ "inspect: {domain: 1, grant: 8}", "inspect domain=1 grant=8",
	  "inspect domain=1 grant=0x8" },
	{ "inspect: {domain: 0, handle: 'h[1]'}",
	  "inspect domain=0 handle=h[1]",
	  "inspect domain=0 handle=0x1 label=0[1]" },
	{ "inspect: {domain: 0, handle: 17}", "inspect domain=0 handle=17",
	  "inspect domain=0 handle=0x11" },

	/* expectations */
	{ "expect: {flush.avoided: 1, oracle.violations: 0}",
	  "expect flush.avoided=1 oracle.violations=0",
	  "expect flush.avoided=1..1 oracle.violations=0..0" },
	{ "expect: {flush.avoided_percent: {min: 99.5, max: 100},"
	  " policy: any}",
	  "expect flush.avoided_percent=99.5..100 policy=any",
	  "expect flush.avoided_percent=99.5..100 policy=any" },
	{ "expect: {tlb.walks: {min: 3}, policy: xs8}",
	  "expect tlb.walks=3.. policy=xs8",
	  "expect tlb.walks=3..inf policy=xs8" },
	{ "expect: {tlb.walks: {max: 3}}", "expect tlb.walks=0..3",
	  "expect tlb.walks=0..3" },
	{ "expect: {}", "expect", "expect" },
};
/* clang-format on */

/* The event after the first EVENTS_BEFORE of a trace, in words. */
static char *last_event(const char *text)
{
	struct text_file file = text_file(text);
	struct diags diags = { 0 };
	struct trace *trace;
	struct event *event;
	char *words;

	ck_assert_int_eq(trace_open(&trace, file.path, NULL, 0, &diags), 0);
	for (int i = 0; i < EVENTS_BEFORE; i++)
		ck_assert_int_eq(trace_next(trace, &event), 1);
	ck_assert_msg(trace_next(trace, &event) == 1, "%s: %s", text,
		      diags.diag[0].text);
	ck_assert_uint_eq(event->number, EVENTS_BEFORE);
	words = describe(event);
	ck_assert_int_eq(trace_next(trace, &event), 0);
	ck_assert_uint_eq(diags.count, 0);
	trace_close(trace);
	text_file_close(&file);
	return words;
}

START_TEST(event_means_the_same_as_mapping_and_as_line)
{
	const struct row *row = &rows[_i];
	char text[2000], *words;

	snprintf(text, sizeof(text), "%s%s  - %s\n", header, before, row->yaml);
	words = last_event(text);
	ck_assert_str_eq(words, row->want);
	free(words);
	snprintf(text, sizeof(text), "%s%s---\nevents: |\n  %s\n", header,
		 before, row->line);
	words = last_event(text);
	ck_assert_str_eq(words, row->want);
	free(words);
}
END_TEST

static void add(TCase *tc)
{
	use_machines();
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, event_means_the_same_as_mapping_and_as_line, 0,
			    ROWS(rows));
}

int main(void)
{
	return run_suite("events", add);
}
