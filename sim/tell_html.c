/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tell_html.c - steps as a page to go through, forward and back: the JSON of
 * tell_json.c, and a script that draws it (sim/html/lesson.js).
 *
 *   teller_json -> memory -> page, as long as there is room
 *
 * A page must stay small enough to be sent and opened: what comes after
 * DATA_BYTES is only counted, but for an answer.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>

#include <jansson.h>

#include "sim/html.h"
#include "sim/tell.h"

#define DATA_BYTES 1800000

/* ---- what the steps do not say ------------------------------------------- */

static json_t *cache(const struct mmu_profile *profile, unsigned i)
{
	const struct mmu_tlb_geometry *tlb = &profile->tlb[i];
	json_int_t entries = (json_int_t)tlb->sets * tlb->ways;

	return json_pack("{s:s, s:I}", "name", step_cache_name(profile, i).text,
			 "entries", tlb->infinite ? 0 : entries);
}

static json_t *caches(const struct mmu_profile *profile)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < profile->nr_tlbs; i++)
		json_array_append_new(list, cache(profile, i));
	return list;
}

static json_t *reasons(void)
{
	json_t *o = json_object();

	for (enum step_reason i = 0; i < STEP_REASON_COUNT; i++)
		json_object_set_new(o, step_reason_names[i],
				    json_string(step_reason_texts[i]));
	return o;
}

static void describe(const struct tale *tale)
{
	json_t *o = json_pack("{s:o, s:o}", "caches", caches(tale->profile),
			      "reasons", reasons());
	char *text = json_dumps(o, 0);

	json_decref(o);
	if (text)
		html_json(text, tale->to);
	free(text);
}

/* ---- through memory ------------------------------------------------------ */

struct diversion {
	FILE *page;
	char *text;
	size_t size;
};

/* What is told goes to memory from here on; false if there is none. */
static bool divert(struct tale *tale, struct diversion *diversion)
{
	*diversion = (struct diversion){ .page = tale->to };
	tale->to = open_memstream(&diversion->text, &diversion->size);
	if (!tale->to)
		tale->to = diversion->page;
	return tale->to != diversion->page;
}

/* And from here on to the page, with what went to memory if it fits, or
 * @always. */
static bool put_back(struct tale *tale, struct diversion *diversion,
		     bool always)
{
	bool fits = fclose(tale->to) == 0;

	if (fits)
		tale->bytes += html_json_size(diversion->text);
	fits = fits && (always || tale->bytes <= DATA_BYTES);
	tale->to = diversion->page;
	if (fits)
		html_json(diversion->text, tale->to);
	free(diversion->text);
	return fits;
}

/* ---- the page ------------------------------------------------------------ */

static void begin(struct tale *tale, const struct tale_head *head)
{
	struct diversion diversion;

	html_begin(html_lesson, tale->to);
	fputs("{\"machine\": ", tale->to);
	describe(tale);
	fputs(", \"told\": ", tale->to);
	if (!divert(tale, &diversion))
		return;
	teller_json.begin(tale, head);
	put_back(tale, &diversion, true);
}

static void step(struct tale *tale, const struct telling *telling)
{
	struct diversion diversion;

	if (tale->bytes > DATA_BYTES || !divert(tale, &diversion)) {
		tale->left_out++;
		return;
	}
	teller_json.step(tale, telling);
	tale->left_out += !put_back(tale, &diversion, false);
}

static void end(struct tale *tale)
{
	struct diversion diversion;

	if (divert(tale, &diversion)) {
		teller_json.end(tale);
		put_back(tale, &diversion, true);
	}
	fprintf(tale->to, ", \"left_out\": %" PRIu64 "}\n", tale->left_out);
	html_end(html_lesson, tale->to);
}

const struct teller teller_html = {
	.name = "html",
	.suffix = ".html",
	.begin = begin,
	.step = step,
	.end = end,
};
