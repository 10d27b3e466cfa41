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
#include "sim/output.h"
#include "sim/shell.h"

static void write_header(const struct shell *shell, FILE *to)
{
	const struct trace_header *header = &shell->header;
	const char *machine = shell->config->machine;

	fprintf(to,
		"tlbsim: 1\n"
		"title: saved by tlbsim shell\n"
		"machine: \"%s\"\n"
		"cpus: %u\n"
		"policy: %s\n",
		machine ? machine : header->profile.mmu.name, header->cpus,
		header->policy->name);
	if (shell->config->seed)
		fprintf(to, "seed: %" PRIu64 "\n", shell->config->seed);
	fputs("domains:\n", to);
	for (size_t i = 0; i < header->nr_domains; i++) {
		const struct trace_domain *d = &header->domain[i];

		fprintf(to,
			"  - {id: %u, name: %s, %spaging: pv, memory: %" PRIu64
			"M}\n",
			d->id, d->name, d->hardware ? "hardware: true, " : "",
			d->memory >> 20);
	}
}

/* "a=1 b=2..3" as "{a: 1, b: 2..3}" */
static void write_expectation(const char *text, FILE *to)
{
	fputs("  - expect: {", to);
	for (; *text; text++)
		switch (*text) {
		case '=':
			fputs(": ", to);
			break;
		case ' ':
			fputs(", ", to);
			break;
		default:
			fputc(*text, to);
		}
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
	struct output output;
	int rc;

	if (count != 1) {
		shell_error(shell, "save to which file?");
		return;
	}
	rc = output_open(&output, words[0]);
	if (rc == 0) {
		write_header(shell, output.stream);
		write_done(shell, output.stream);
		rc = output_commit(&output, false);
	}
	if (rc < 0)
		shell_error(shell, "cannot write '%s': %s", words[0],
			    strerror(-rc));
}
