# SPDX-License-Identifier: GPL-2.0-or-later
#
# reading: files to events; machine: events to results; the program.
sim_reading_sources = \
	sim/diag.h sim/node.h sim/crossing.h sim/event.h sim/pv_update.h sim/trace.h sim/profile.h \
	sim/arena.c sim/arena.h \
	sim/binary.c sim/binary.h \
	sim/binary_event.c sim/binary_event.h \
	sim/binary_frame.c sim/binary_frame.h \
	sim/binary_pack.c sim/binary_pack.h \
	sim/binary_pattern.c sim/binary_pattern.h \
	sim/binary_read.c sim/binary_read.h \
	sim/binary_seek.c \
	sim/binary_write.c sim/binary_write.h \
	sim/bulk.c \
	sim/bulk_known.c sim/bulk_known.h \
	sim/diag.c \
	sim/event.c \
	sim/event_expect.c sim/event_expect.h \
	sim/event_finish.c \
	sim/event_keys.c sim/event_keys.h \
	sim/event_ops.c \
	sim/event_read.c sim/event_read.h \
	sim/event_value.c \
	sim/event_word.c \
	sim/event_write.c sim/event_write.h \
	sim/event_write_value.c sim/event_write_value.h \
	sim/event_yaml.c \
	sim/header.c sim/header.h \
	sim/header_domains.c sim/header_domains.h \
	sim/input.c sim/input.h sim/input_text.c \
	sim/item_known.c sim/item_known.h \
	sim/labels.c sim/labels.h \
	sim/node.c \
	sim/number.c sim/number.h \
	sim/pattern.c sim/pattern.h \
	sim/profile.c \
	sim/profile_find.c sim/profile_find.h \
	sim/profile_tlb.c sim/profile_read.h \
	sim/profile_psc.c \
	sim/profile_quirk.c \
	sim/schema.c \
	sim/setting.c sim/setting.h \
	sim/trace.c \
	sim/trace_binary.c sim/trace_pieces.h \
	sim/trace_open.c sim/trace_read.h \
	sim/yaml_in.c sim/yaml_in.h \
	sim/yaml_parse.c sim/yaml_parse.h \
	sim/yaml_tree.c

sim_machine_sources = \
	sim/sim.h sim/results.h sim/series.h sim/frame.h sim/handles.h sim/marks.h \
	sim/cpu.h sim/domain.h sim/entry.h sim/hypercall.h sim/oracle.h sim/pgtab.h \
	sim/points.h sim/spares.h sim/state.h sim/strand.h \
	sim/account.c \
	sim/audit.c \
	sim/buffer.c sim/buffer.h \
	sim/check.c \
	sim/cpu.c \
	sim/dma.c sim/dma.h \
	sim/domain.c \
	sim/entry.c \
	sim/ept.c sim/ept.h \
	sim/ev_ahead.c \
	sim/ev_control.c \
	sim/ev_grant.c \
	sim/ev_hypercall.c \
	sim/ev_table.c \
	sim/ev_memory.c \
	sim/ev_update.c \
	sim/ev_page.c \
	sim/expect.c \
	sim/flush.c sim/flush.h \
	sim/flush_clock.c sim/flush_clock.h \
	sim/frame.c \
	sim/handles.c \
	sim/hypercall.c \
	sim/inspect.c \
	sim/looked.c sim/looked.h \
	sim/machine.c \
	sim/machine_tables.c \
	sim/machine_tlb.c \
	sim/marks.c \
	sim/oracle.c \
	sim/oracle_device.c \
	sim/oracle_page.c \
	sim/oracle_word.c \
	sim/p2m.c sim/p2m.h \
	sim/page.c sim/page.h sim/page_use.h \
	sim/parked.c \
	sim/pinning.c sim/pinning.h \
	sim/pgtab.c \
	sim/pv_update.c \
	sim/races.c \
	sim/stops.c \
	sim/touch.c sim/touch.h \
	sim/turns.c sim/turns.h \
	sim/steps.c \
	sim/strand.c \
	sim/points.c \
	sim/results.c \
	sim/sampler.c sim/sampler.h \
	sim/sim.c \
	sim/step.h sim/watch.h sim/watch.c \
	sim/step_names.c

noinst_LTLIBRARIES += sim/libsim.la
sim_libsim_la_CFLAGS = $(AM_CFLAGS) $(LTO_CFLAGS)
sim_libsim_la_SOURCES = $(sim_reading_sources) $(sim_machine_sources)

# The library: everything but the commands.
lib_LTLIBRARIES += libtlbsim.la
libtlbsim_la_SOURCES =
libtlbsim_la_LIBADD = sim/libsim.la workloads/libworkloads.la \
	gnttab/libgnttab.la mmu/libmmu.la \
	$(YAML_LIBS) $(ZLIB_LIBS) $(LZMA_LIBS) $(PCAP_LIBS) -lm
libtlbsim_la_LDFLAGS = $(AM_LDFLAGS) -version-info 0:0:0 \
	-export-symbols-regex '^(mmu|physmem|gnttab|sim|trace|profile|results|series|counter|event|diag|node|step|touches|turns)_'

# How whoever links with it optimises, is for them to say: what is installed is
# code, without gcc's own form of it.
if LTO
install-exec-hook:
	archive="$(DESTDIR)$(libdir)/libtlbsim.a"; test ! -f "$$archive" || \
		$(OBJCOPY) -R '.gnu.lto_*' -N __gnu_lto_v1 "$$archive"
endif

# What a program needs that embeds it, and one that does.
pkginclude_simdir = $(pkgincludedir)/sim
pkginclude_sim_HEADERS = sim/crossing.h sim/diag.h sim/event.h sim/node.h \
	sim/profile.h sim/pv_update.h sim/results.h sim/series.h sim/sim.h sim/step.h \
	sim/trace.h
pkginclude_mmudir = $(pkgincludedir)/mmu
pkginclude_mmu_HEADERS = mmu/look.h mmu/mmu.h mmu/physmem.h mmu/profile.h \
	mmu/quirks.h mmu/x86.h
pkginclude_gnttabdir = $(pkgincludedir)/gnttab
pkginclude_gnttab_HEADERS = gnttab/abi.h gnttab/gnttab.h gnttab/machine.h \
	gnttab/policy.h
pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = sim/tlbsim.pc
exampledir = $(docdir)/examples
dist_example_DATA = sim/example.c

# What the commands share.
noinst_LTLIBRARIES += sim/libprogram.la
sim_libprogram_la_CFLAGS = $(AM_CFLAGS) $(LTO_CFLAGS)
sim_libprogram_la_SOURCES = \
	sim/import_options.c \
	sim/bench.h sim/bench.c \
	sim/bench_grants.c \
	sim/bench_parse.c \
	sim/bench_recording.c \
	sim/bench_memory.c \
	sim/bench_write.c \
	sim/compare.c sim/compare.h \
	sim/compare_json.c \
	sim/compare_junit.c \
	sim/compare_markdown.c \
	sim/compare_bench.c sim/compare_bench.h \
	sim/compare_text.c \
	sim/convert.c sim/convert.h \
	sim/curve.c sim/curve.h \
	sim/json_in.c sim/json_in.h \
	sim/options.c sim/options.h sim/options_policy.c \
	sim/options_run.c sim/run_override.h \
	sim/output.c sim/output.h \
	sim/progress.c sim/progress.h \
	sim/published.c sim/published.h \
	sim/replay.c sim/replay.h \
	sim/html.c sim/html.h \
	sim/report.c sim/report.h \
	sim/report_csv.c \
	sim/report_html.c \
	sim/report_json.c \
	sim/report_summary.c \
	sim/report_tap.c \
	sim/report_text.c \
	sim/journal.c sim/journal.h \
	sim/node_text.c sim/node_text.h \
	sim/pool.c sim/pool.h \
	sim/sweep.h \
	sim/sweep_cells.c \
	sim/sweep_check.c \
	sim/sweep_identity.c \
	sim/sweep_merge.c \
	sim/sweep_options.c sim/sweep_options.h \
	sim/sweep_outcome.c sim/sweep_outcome.h \
	sim/sweep_pace.c sim/sweep_pace.h \
	sim/sweep_parameters.c \
	sim/sweep_part.c sim/sweep_part.h \
	sim/sweep_read.c \
	sim/sweep_resume.c sim/sweep_resume.h \
	sim/sweep_run.c sim/sweep_run.h \
	sim/sweep_traces.c \
	sim/results_file.c sim/results_file.h \
	sim/results_json.c sim/results_json.h \
	sim/table.c sim/table.h \
	sim/changes.c sim/changes.h \
	sim/explain.c sim/explain.h \
	sim/explore.c sim/explore.h \
	sim/explore_ahead.c \
	sim/explore_dpor.c \
	sim/explore_drain.c \
	sim/explore_exec.c \
	sim/explore_part.c sim/explore_part.h \
	sim/explore_plan.c \
	sim/explore_save.c \
	sim/explore_race.c sim/explore_race.h \
	sim/explore_search.c sim/explore_search.h \
	sim/explore_set.c sim/explore_set.h \
	sim/explore_tell.c \
	sim/hb.c sim/hb.h \
	sim/narrator.c \
	sim/shell.c sim/shell.h \
	sim/shell_expect.c \
	sim/shell_input.c \
	sim/shell_save.c \
	sim/shell_show.c \
	sim/shell_trace.c \
	sim/tell.h \
	sim/tell_changes.c \
	sim/tell_event.c \
	sim/tell_html.c \
	sim/tell_json.c \
	sim/tell_perfetto.c \
	sim/tell_text.c \
	sim/tell_walk.c

# Pages are written as pages, and become C.
html_pages = lesson.html report.html
html_parts = sim/html/embed.awk \
	sim/html/chart.js \
	sim/html/histogram.js \
	sim/html/lesson.css \
	sim/html/lesson.html \
	sim/html/lesson.js \
	sim/html/page.css \
	sim/html/page.js \
	sim/html/paper.js \
	sim/html/patterns.html \
	sim/html/report.css \
	sim/html/report.html \
	sim/html/report.js \
	sim/html/state.js \
	sim/html/timeline.js \
	sim/html/timeline_draw.js \
	sim/html/words.js
EXTRA_DIST += $(html_parts)
nodist_sim_libprogram_la_SOURCES = sim/html_pages.c
CLEANFILES += sim/html_pages.c
sim/html_pages.c: $(html_parts)
	$(AM_V_GEN)$(MKDIR_P) sim && $(AWK) -f $(srcdir)/sim/html/embed.awk \
		-v folder=$(srcdir)/sim/html $(html_pages) >$@.tmp && mv $@.tmp $@

bin_PROGRAMS += tlbsim
tlbsim_SOURCES = \
	sim/cmd.h \
	sim/cmd_compare.c \
	sim/cmd_batches.c \
	sim/cmd_bench.c \
	sim/cmd_convert.c \
	sim/cmd_explain.c \
	sim/cmd_generate.c \
	sim/cmd_explore.c \
	sim/cmd_import.c \
	sim/cmd_list.c \
	sim/cmd_replay.c \
	sim/cmd_shell.c \
	sim/cmd_sweep.c \
	sim/driver.h \
	sim/generator.h \
	sim/stream.h \
	sim/importer.h \
	sim/list_machines.c sim/list_machines.h \
	sim/main.c
program_libs = sim/libprogram.la libtlbsim.la $(JANSSON_LIBS) $(ZLIB_LIBS) \
	$(READLINE_LIBS)
tlbsim_LDFLAGS = $(INSTRUMENT_FLAGS) $(LTO_LDFLAGS)
tlbsim_LDADD = $(program_libs)

dist_man_MANS += \
	sim/tlbsim.1 \
	sim/tlbsim-batches.1 \
	sim/tlbsim-bench.1 \
	sim/tlbsim-compare.1 \
	sim/tlbsim-convert.1 \
	sim/tlbsim-explain.1 \
	sim/tlbsim-explore.1 \
	sim/tlbsim-generate.1 \
	sim/tlbsim-import.1 \
	sim/tlbsim-list.1 \
	sim/tlbsim-replay.1 \
	sim/tlbsim-shell.1 \
	sim/tlbsim-sweep.1 \
	sim/tlbsim-walk.1 \
	sim/tlbsim-profile.5 \
	sim/tlbsim-trace.5
bashcompdir = $(datadir)/bash-completion/completions
dist_bashcomp_DATA = sim/tlbsim.bash
zshcompdir = $(datadir)/zsh/site-functions
dist_zshcomp_DATA = sim/_tlbsim
