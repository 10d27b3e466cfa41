/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flush_clock.h - has a CPU been flushed since a frame was last used?
 *
 *   clock   1 ---- 2 ---------- 3 ---------- 4 ---> ... wrap, 0, 1 ...
 *             CPU 0 flushes  CPU 1 flushes  CPU 0 flushes
 *             stamp 2        stamp 3        stamp 4
 *                                  ^ a frame falls out of use: stamp 3
 *
 *   CPU 1 has not been flushed since, and may hold it; CPU 0 cannot.
 */
#ifndef SIM_FLUSH_CLOCK_H
#define SIM_FLUSH_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/mmu.h"

struct flush_clock {
	uint32_t wrap; /* constant: the last time before 0 */
	uint32_t now;  /* 0: between two periods, when nothing is known */
	uint32_t stamp[MMU_MAX_CPUS]; /* of each CPU's last full flush */
};

/* @wrap 0: all 32 bits. */
void flush_clock_start(struct flush_clock *clock, uint32_t wrap);
/* CPU @cpu drops all that it holds. */
void flush_clock_tick(struct flush_clock *clock, unsigned cpu);
/* May @cpu hold translations of a frame that fell out of use at @stamp? */
bool flush_clock_may_hold(const struct flush_clock *clock, unsigned cpu,
			  uint32_t stamp);
/* All CPUs were flushed after the clock came to 0. */
void flush_clock_restart(struct flush_clock *clock);

#endif /* SIM_FLUSH_CLOCK_H */
