/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shell_save.c - what was done by hand, as a trace that `replay` runs.
 *
 * Lines go into blocks as they were typed, expectations between them into
 * lists: a document each.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "gnttab/policy.h"
#include "sim/header.h"
#include "sim/output.h"
#include "sim/shell.h"

/* ---- the header ---------------------------------------------------------- */

static void write_text(FILE *to, const char *text)
{
	fputc('"', to);
	for (; *text; text++)
		if ((unsigned char)*text < ' ')
			fprintf(to, "\\x%02x", (unsigned)*text);
		else
			fprintf(to,
				*text == '"' || *text == '\\' ? "\\%c" : "%c",
				*text);
	fputc('"', to);
}

/* What a name says goes without saying when it is the first. */
static void write_choice(FILE *to, const char *key, const char *const *names,
			 unsigned value)
{
	if (value)
		fprintf(to, "%s: %s\n", key, names[value]);
}

static void write_quirks(FILE *to, unsigned quirks)
{
	const char *comma = "";

	fputs("quirks: [", to);
	for (unsigned i = 0; i < MMU_QUIRKS; i++) {
		if (!(quirks >> i & 1))
			continue;
		fprintf(to, "%s%s", comma, mmu_quirk_info[i].name);
		comma = ", ";
	}
	fputs("]\n", to);
}

static void write_rules(const struct trace_header *header, FILE *to)
{
	if (header->update != UPDATE_BY_POLICY)
		fprintf(to, "update: %s\n",
			trace_update_names[header->update - UPDATE_PLAIN]);
	write_choice(to, "memory", trace_memory_names, header->memory);
	write_choice(to, "era", trace_era_names, header->era);
	write_choice(to, "flush", trace_flush_names, header->flush);
	write_choice(to, "dirty_mask", trace_dirty_mask_names,
		     header->dirty_mask);
	write_choice(to, "flush_filter", trace_flush_filter_names,
		     header->flush_filter);
	write_choice(to, "p2m_sync", trace_p2m_sync_names, header->p2m_sync);
	write_choice(to, "iotlb_flush", trace_iotlb_flush_names,
		     header->iotlb_flush);
	if (header->clock_wrap)
		fprintf(to, "clock_wrap: %" PRIu32 "\n", header->clock_wrap);
	if (header->seed)
		fprintf(to, "seed: %" PRIu64 "\n", header->seed);
}

static void write_domain(const struct trace_domain *d, FILE *to)
{
	fprintf(to, "  - {id: %u, name: ", d->id);
	write_text(to, d->name);
	fprintf(to,
		", %s%spaging: %s, memory: %" PRIu64
		", grant_frames: %u, maptrack_frames: %u, version: %u}\n",
		d->hardware ? "hardware: true, " : "",
		d->iommu ? "iommu: true, " : "", d->external ? "hvm" : "pv",
		d->memory, d->grant_frames, d->maptrack_frames, d->version);
}

static void write_lists(const struct trace_header *header, FILE *to)
{
	fputs("domains:\n", to);
	for (size_t i = 0; i < header->nr_domains; i++)
		write_domain(&header->domain[i], to);
	fputs("schedule:\n", to);
	for (size_t i = 0; i < header->nr_schedule; i++)
		if (header->schedule[i].domain == DOMAIN_NONE)
			fprintf(to, "  - {cpu: %zu, domain: idle}\n", i);
		else
			fprintf(to, "  - {cpu: %zu, domain: %d}\n", i,
				header->schedule[i].domain);
	if (header->nr_incomplete)
		fputs("incomplete:\n", to);
	for (size_t i = 0; i < header->nr_incomplete; i++) {
		fputs("  - ", to);
		write_text(to, header->incomplete[i]);
		fputc('\n', to);
	}
}

static void write_titles(const struct shell *shell, FILE *to)
{
	const struct trace_header *header = &shell->header;
	const char *title = shell->config->trace ? header->title
						 : "saved by tlbsim shell";
	const char *const texts[][2] = {
		{ "title", title },
		{ "question", header->question },
		{ "answer", header->answer },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (!texts[i][1][0])
			continue;
		fprintf(to, "%s: ", texts[i][0]);
		write_text(to, texts[i][1]);
		fputc('\n', to);
	}
}

static void write_header(const struct shell *shell, const char *machine,
			 FILE *to)
{
	const struct trace_header *header = &shell->header;

	fputs("tlbsim: 1\n", to);
	write_titles(shell, to);
	fputs("machine: ", to);
	write_text(to, machine);
	fprintf(to, "\ncpus: %u\npolicy: %s\n", header->cpus,
		header->policy->name);
	write_quirks(to, header->profile.mmu.quirks);
	write_rules(header, to);
	write_lists(header, to);
}

/* What a trace must call the machine; NULL: it only describes it. */
static const char *machine_name(const struct shell *shell)
{
	const char *name = shell->header.profile.mmu.name;
	struct diags diags = { .count = 0 };
	struct profile profile;

	if (shell->config->over.machine)
		return shell->config->over.machine;
	if (profile_load(name, &profile, (struct place){ NULL, 0, 0 }, &diags) <
	    0)
		return NULL;
	profile.mmu.quirks = shell->header.profile.mmu.quirks;
	if (memcmp(&profile, &shell->header.profile, sizeof(profile)) != 0)
		return NULL;
	return name;
}

/* ---- what happened ------------------------------------------------------- */

/* "a=1 b=2..3" as "{a: 1, b: 2..3}" */
static void write_expectation(const char *text, FILE *to)
{
	fputs("  - expect: {", to);
	for (; *text; text++)
		if (*text == '=')
			fputs(": ", to);
		else if (*text == ' ')
			fputs(", ", to);
		else
			fputc(*text, to);
	fputs("}\n", to);
}

static void write_done(const struct shell *shell, FILE *to)
{
	for (size_t i = 0; i < shell->count; i++) {
		bool begins = !i || shell->done[i].expectation !=
					    shell->done[i - 1].expectation;

		if (begins && i)
			fputs("---\n", to);
		if (begins)
			fputs(shell->done[i].expectation ? "events:\n"
							 : "events: |\n",
			      to);
		if (shell->done[i].expectation)
			write_expectation(shell->done[i].text, to);
		else
			fprintf(to, "  %s\n", shell->done[i].text);
	}
	if (!shell->count)
		fputs("events: []\n", to);
}

void shell_save(struct shell *shell, char **words, size_t count)
{
	const char *machine = machine_name(shell);
	struct output output;
	int rc;

	if (count != 1) {
		shell_error(shell, "save to which file?");
		return;
	}
	if (!machine) {
		shell_error(shell, "the trace describes a machine that no name "
				   "stands for; choose it with --machine");
		return;
	}
	rc = output_open(&output, words[0]);
	if (rc == 0) {
		write_header(shell, machine, output.stream);
		write_done(shell, output.stream);
		rc = output_commit(&output, false);
	}
	if (rc < 0)
		shell_error(shell, "cannot write '%s': %s", words[0],
			    strerror(-rc));
}
