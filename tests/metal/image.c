/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * image.c - the freestanding program: perform every case, send the results.
 *
 * Results are gathered to a block before they are sent; nothing is received,
 * so the image stops by itself whatever the host does.
 */
#include "tests/metal/machine.h"
#include "tests/metal/sequence.h"

#define BLOCK 1024

struct sender {
	struct metal_result block[BLOCK];
	unsigned used;
	uint64_t sum;
};

static void flush(struct sender *s)
{
	metal_send(s->block, s->used * sizeof(s->block[0]));
	s->used = 0;
}

static void send_result(struct sender *s, const struct metal_result *result)
{
	s->sum = metal_sum(s->sum, result);
	s->block[s->used++] = *result;
	if (s->used == BLOCK)
		flush(s);
}

static void copy_words(char *to, const uint32_t *from, unsigned words)
{
	for (unsigned i = 0; i < 4 * words; i++)
		to[i] = from[i / 4] >> 8 * (i % 4);
}

static void send_header(const struct metal_hw *hw,
			const struct metal_space *space)
{
	struct metal_header header = { .magic = METAL_MAGIC,
				       .machine = hw->machine,
				       .space = *space };
	uint32_t r[4], name[3];

	cpuid(0, 0, r);
	name[0] = r[1], name[1] = r[3], name[2] = r[2];
	copy_words(header.vendor, name, 3);
	cpuid(1, 0, r);
	header.signature = r[0];
	if (r[2] & 1u << 31) {
		cpuid(0x40000000, 0, r);
		copy_words(header.hypervisor, r + 1, 3);
	}
	metal_send(&header, sizeof(header));
}

static uint64_t send_cases(struct metal_hw *hw, struct sender *sender,
			   const struct metal_space *space)
{
	struct metal_cursor at;
	struct metal_case c;
	uint64_t n = 0;

	metal_first(&at, space, hw->machine);
	for (; metal_next(&at, &c); n++) {
		struct metal_result result = { .vector = METAL_SKIPPED };

		if (metal_possible(&c, hw->machine))
			metal_perform_case(hw, &c, &result);
		send_result(sender, &result);
	}
	return n;
}

static uint64_t send_sequences(struct metal_hw *hw, struct sender *sender)
{
	struct metal_result result[METAL_MAX_OBSERVATIONS];
	uint64_t total = 0;

	for (unsigned i = 0; i < metal_nr_sequences(); i++) {
		unsigned n = metal_perform_sequence(hw, metal_sequence(i),
						    result);

		for (unsigned k = 0; k < n; k++)
			send_result(sender, &result[k]);
		total += n;
	}
	return total;
}

void metal_main(void);
void metal_main(void)
{
	const struct metal_params *params = (const void *)METAL_PARAMS;
	struct metal_trailer trailer = { .magic = METAL_END };
	struct metal_space space = params->space;
	struct sender sender = { .sum = METAL_SUM };
	struct metal_hw hw;

	metal_serial_setup();
	metal_trap_setup();
	metal_legacy_setup();
	metal_hw_setup(&hw);
	send_header(&hw, &space);
	trailer.cases = send_cases(&hw, &sender, &space);
	trailer.observations = send_sequences(&hw, &sender);
	flush(&sender);
	trailer.sum = sender.sum;
	metal_send(&trailer, sizeof(trailer));
	metal_power_off();
}
