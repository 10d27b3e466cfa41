/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shell_show.c - the shell's own commands: help, and what to look at. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/options.h"
#include "sim/shell.h"
#include "sim/sim.h"

static bool read_number(struct shell *shell, const char *word, uint64_t max,
			uint64_t *number)
{
	const struct node node = {
		.kind = NODE_SCALAR,
		.text = word,
		.length = strlen(word),
		.plain = true,
	};
	struct diags diags = { .count = 0 };

	if (node_u64(&node, 0, max, number, &diags))
		return true;
	shell_error(shell, "%s", diags.diag[0].text);
	return false;
}

/* ---- help ---------------------------------------------------------------- */

static void help_all(FILE *to)
{
	fputs("Commands:\n", to);
	for (const struct shell_command *c = shell_commands; c->name; c++)
		fprintf(to, "  %-28s %s\n", c->usage, c->text);
	fputs("Events, as in a block of a trace: NAME KEY=VALUE ... "
	      "[; KEY=VALUE ...]\n",
	      to);
	for (size_t i = 0; i < EVENT_KINDS; i++)
		if (i != EVENT_expect)
			fprintf(to, "  %-28s %s\n", event_names[i],
				event_texts[i]);
	fputs("'help NAME' tells more; '#' begins a comment.\n", to);
}

static void help_keys(FILE *to, const char *what, key_set keys)
{
	const char *names[KEYS + 1];
	char text[400];

	event_key_names(keys, names);
	join_names(text, sizeof(text), names);
	if (text[0])
		fprintf(to, "  %s: %s\n", what, text);
}

static void help_on(struct shell *shell, const char *name)
{
	enum event_kind kind = event_find(name, strlen(name));
	FILE *to = shell->config->out;

	for (const struct shell_command *c = shell_commands; c->name; c++)
		if (strcmp(c->name, name) == 0) {
			fprintf(to, "%s: %s\n", c->usage, c->text);
			return;
		}
	if (kind == EVENT_KINDS) {
		shell_error(shell, "no command or event is called '%s'", name);
		return;
	}
	fprintf(to, "%s: %s\n", name, event_texts[kind]);
	help_keys(to, "keys", event_forms[kind].keys);
	help_keys(to, "of each operation", event_forms[kind].op_keys);
}

void shell_help(struct shell *shell, char **words, size_t count)
{
	if (count)
		help_on(shell, words[0]);
	else
		help_all(shell->config->out);
}

/* ---- show ---------------------------------------------------------------- */

static void show_held(struct shell *shell, const struct held *held)
{
	const struct mmu_cached *what = &held->what;
	FILE *to = shell->config->out;

	fprintf(to, "  CPU %u, %s: 0x%" PRIx64, held->cpu,
		step_cache_name(shell->narrator.tale.profile, what->cache).text,
		what->va);
	if (what->pcid)
		fprintf(to, " of PCID %u", what->pcid);
	fprintf(to, " -> 0x%" PRIx64 ", %s%s%s\n", what->paddr,
		what->writable ? "writable" : "read-only",
		what->global ? ", global" : "",
		what->stale_since == MMU_NOT_STALE ? "" : ", stale");
}

static void show_tlb(struct shell *shell, char **words, size_t count)
{
	const struct looks *looks = &shell->narrator.looks;
	uint64_t cpu = UINT64_MAX;
	bool any = false;

	if (count && !read_number(shell, words[0], MMU_MAX_CPUS - 1, &cpu))
		return;
	for (size_t i = 0; i < looks->nr_now; i++) {
		if (count && looks->now[i].cpu != cpu)
			continue;
		show_held(shell, &looks->now[i]);
		any = true;
	}
	if (!any)
		fputs("  nothing is cached\n", shell->config->out);
}

static void show_counters(struct shell *shell, char **words, size_t count)
{
	const struct results *results = sim_results(shell->sim);

	(void)words;
	(void)count;
	for (enum counter i = 0; i < COUNTERS; i++)
		if (results_value(results, i) > 0)
			fprintf(shell->config->out, "  %-24s %.15g\n",
				counter_info[i].path,
				results_value(results, i));
}

/* As an event that is not kept. */
static void show_by_event(struct shell *shell, const char *format, char **words,
			  size_t count)
{
	char line[200];

	if (count != 2) {
		shell_error(shell, "two numbers are needed; see 'help show'");
		return;
	}
	snprintf(line, sizeof(line), format, words[0], words[1]);
	shell_event(shell, line, false);
}

static void show_walk(struct shell *shell, char **words, size_t count)
{
	show_by_event(shell, "inspect cpu=%.40s walk=%.40s", words, count);
}

static void show_grant(struct shell *shell, char **words, size_t count)
{
	show_by_event(shell, "inspect domain=%.40s grant=%.40s", words, count);
}

static void show_handle(struct shell *shell, char **words, size_t count)
{
	show_by_event(shell, "inspect domain=%.40s handle=%.40s", words, count);
}

static const struct topic {
	const char *name;
	void (*show)(struct shell *shell, char **words, size_t count);
} topics[] = {
	{ "tlb", show_tlb },	       { "walk", show_walk },
	{ "grant", show_grant },       { "handle", show_handle },
	{ "counters", show_counters },
};

void shell_show(struct shell *shell, char **words, size_t count)
{
	for (size_t i = 0; count && i < sizeof(topics) / sizeof(topics[0]); i++)
		if (strcmp(topics[i].name, words[0]) == 0) {
			topics[i].show(shell, words + 1, count - 1);
			return;
		}
	shell_error(shell, "show what: tlb, walk, grant, handle or counters?");
}

/* ---- the rest ------------------------------------------------------------ */

static void undo(struct shell *shell, char **words, size_t count)
{
	uint64_t lines = 1;

	if (count && !read_number(shell, words[0], UINT32_MAX, &lines))
		return;
	if (lines > shell->count) {
		shell_error(shell, "only %zu lines can be undone",
			    shell->count);
		return;
	}
	shell_undo(shell, lines);
}

static void history(struct shell *shell, char **words, size_t count)
{
	(void)words;
	(void)count;
	for (size_t i = 0; i < shell->count; i++)
		fprintf(shell->config->out, "  %zu  %s%s\n", i + 1,
			shell->done[i].expectation ? "expect " : "",
			shell->done[i].text);
}

static void quit(struct shell *shell, char **words, size_t count)
{
	(void)words;
	(void)count;
	shell->over = true;
}

const struct shell_command shell_commands[] = {
	{ "help", "help [NAME]", "show this, or what one is for", shell_help },
	{ "show", "show WHAT ...",
	  "tlb [CPU]; walk CPU ADDRESS; grant DOMAIN REF; handle DOMAIN "
	  "HANDLE; counters",
	  shell_show },
	{ "expect", "expect COUNTER=VALUE ...",
	  "results so far must be so: a value or MIN..MAX", shell_expect },
	{ "undo", "undo [N]", "take back the last line, or N lines", undo },
	{ "history", "history", "show what was done", history },
	{ "save", "save FILE", "write that as a trace for 'tlbsim replay'",
	  shell_save },
	{ "quit", "quit", "leave; so does the end of the input", quit },
	{ NULL, NULL, NULL, NULL },
};
