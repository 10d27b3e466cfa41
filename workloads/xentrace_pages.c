/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xentrace_pages.c - pages for calls of which only the length is known.
 *
 *   slot            0        1        2          of a window of addresses
 *   address    WINDOW   + 4096   + 8192
 *   reference       8        9       10          of whoever grants that slot
 *   frame           0        1        2          of its memory
 *
 * A slot that was unmapped is used again before a new one.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "workloads/xentrace_pages.h"

#define PAGE 4096
#define WINDOW UINT64_C(0xffff888000000000)

static void event(struct xt_pages *pages)
{
	writer_item(&pages->writer);
	fputs("  ", pages->body);
}

static struct xt_granter *granter_of(struct xt_pages *pages, uint16_t id)
{
	struct xt_granter *granter = pages->granter;

	for (; granter < &pages->granter[pages->nr_granters]; granter++)
		if (granter->id == id)
			return granter;
	if (pages->nr_granters == XT_MAX_GRANTERS) {
		pages->error = -E2BIG;
		return NULL;
	}
	granter->id = id;
	granter->live = calloc(XT_MAX_SLOTS, sizeof(*granter->live));
	granter->granted = calloc(XT_MAX_SLOTS, 1);
	pages->nr_granters++;
	if (!granter->live || !granter->granted) {
		pages->error = -ENOMEM;
		return NULL;
	}
	return granter;
}

static bool take_slot(struct xt_pages *pages, uint32_t *slot)
{
	if (pages->nr_free) {
		*slot = pages->free[--pages->nr_free];
		return true;
	}
	if (pages->slots == XT_MAX_SLOTS) {
		pages->error = -E2BIG;
		return false;
	}
	*slot = pages->slots++;
	return true;
}

static void grant(struct xt_pages *pages, struct xt_granter *granter,
		  uint32_t slot)
{
	if (granter->granted[slot])
		return;
	granter->granted[slot] = 1;
	event(pages);
	fprintf(pages->body, "grant domain=%u to=0 ref=%u frame=%u\n",
		granter->id, slot + XT_FIRST_REF, slot);
}

/* ---- calls ---------------------------------------------------------- */

/* Map a page of each of the @count domains in one call. */
void xt_pages_map(struct xt_pages *pages, unsigned cpu, const uint16_t *from,
		  size_t count)
{
	uint32_t slot[XT_MAX_OPS];
	struct xt_granter *granter;

	for (size_t i = 0; i < count; i++) {
		granter = granter_of(pages, from[i]);
		if (!granter || !take_slot(pages, &slot[i]))
			return;
		grant(pages, granter, slot[i]);
		granter->live[(granter->first + granter->count++) %
			      XT_MAX_SLOTS] = slot[i];
	}
	event(pages);
	fprintf(pages->body, "map domain=0 cpu=%u", cpu);
	for (size_t i = 0; i < count; i++)
		fprintf(pages->body,
			"%s ref=%u from=%u at=0x%" PRIx64 " as=h[%u]",
			i ? ";" : "", slot[i] + XT_FIRST_REF, from[i],
			WINDOW + (uint64_t)slot[i] * PAGE, slot[i]);
	fputc('\n', pages->body);
}

static void touch(struct xt_pages *pages, unsigned cpu, uint32_t slot)
{
	if (rng_below(&pages->rng, 100) >= pages->touched)
		return;
	event(pages);
	fprintf(pages->body, "read cpu=%u at=0x%" PRIx64 "\n", cpu,
		WINDOW + (uint64_t)slot * PAGE);
}

/* Who granted a page that is mapped, or NULL.  What was mapped before the
 * tracer ran is mapped now, page by page. */
static struct xt_granter *with_page(struct xt_pages *pages, unsigned cpu,
				    uint16_t from)
{
	struct xt_granter *granter = granter_of(pages, from);

	if (granter && !granter->count) {
		pages->before++;
		xt_pages_map(pages, cpu, &from, 1);
	}
	return granter && granter->count ? granter : NULL;
}

void xt_pages_unmap(struct xt_pages *pages, unsigned cpu, const uint16_t *from,
		    size_t count)
{
	uint32_t slot[XT_MAX_OPS];
	struct xt_granter *granter;

	for (size_t i = 0; i < count; i++) {
		granter = with_page(pages, cpu, from[i]);
		if (!granter)
			return;
		slot[i] = granter->live[granter->first];
		granter->first = (granter->first + 1) % XT_MAX_SLOTS;
		granter->count--;
		touch(pages, cpu, slot[i]);
	}
	event(pages);
	fprintf(pages->body, "unmap domain=0 cpu=%u", cpu);
	for (size_t i = 0; i < count; i++) {
		fprintf(pages->body, "%s handle=h[%u]", i ? ";" : "", slot[i]);
		pages->free[pages->nr_free++] = slot[i];
	}
	fputc('\n', pages->body);
}

/* Copies to a page that stays granted. */
void xt_pages_copy(struct xt_pages *pages, unsigned cpu, const uint16_t *from,
		   size_t count)
{
	struct xt_granter *granter;

	for (size_t i = 0; i < count; i++) {
		granter = granter_of(pages, from[i]);
		if (!granter)
			return;
		grant(pages, granter, 0);
	}
	event(pages);
	fprintf(pages->body, "copy domain=0 cpu=%u", cpu);
	for (size_t i = 0; i < count; i++)
		fprintf(pages->body,
			"%s source_frame=0 dest_ref=%u dest_domain=%u "
			"length=64",
			i ? ";" : "", XT_FIRST_REF, from[i]);
	fputc('\n', pages->body);
}
