/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flush_clock.c - time, as counted in full flushes.
 *
 * Each flush is a new time, whatever CPU it is on.  A wrap would make old
 * stamps look recent: at 0 every answer is "may hold", until each CPU has
 * been flushed and a new period begins.  A stamp of the period before is then
 * later than the clock, which says that nobody holds the frame; once the
 * clock has come up to it, it costs a flush too many, never one too few.
 *
 * Source: xen/arch/x86/flushtlb.c (pre_flush, post_flush,
 * new_tlbflush_clock_period) and NEED_FLUSH(), asm-x86/flushtlb.h, of
 * f9cff088f470 (July 2014), whose debug builds wrap after 0x3ff.
 */
#include "sim/flush_clock.h"

void flush_clock_start(struct flush_clock *clock, uint32_t wrap)
{
	*clock = (struct flush_clock){
		.wrap = wrap ? wrap : UINT32_MAX,
		.now = 1,
	};
}

void flush_clock_tick(struct flush_clock *clock, unsigned cpu)
{
	if (clock->now)
		clock->now = clock->now == clock->wrap ? 0 : clock->now + 1;
	clock->stamp[cpu] = clock->now;
}

bool flush_clock_may_hold(const struct flush_clock *clock, unsigned cpu,
			  uint32_t stamp)
{
	return !clock->now ||
	       (clock->stamp[cpu] <= stamp && stamp <= clock->now);
}

void flush_clock_restart(struct flush_clock *clock)
{
	clock->now = 1;
}
