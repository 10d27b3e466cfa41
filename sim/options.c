/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * options.c - argp, with -h, and with a hint for a misspelt option.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/node.h"
#include "sim/options.h"

#define KEY_USAGE 0x100
#define MAX_NAMES 64

struct hint hint_nearest(const char *wrong, const char *const *names)
{
	struct diags diags = { .count = 0 };
	struct hint hint = { "" };

	diag_error(&diags, (struct place){ NULL, 0, 0 }, "unknown");
	diag_nearest(&diags, wrong, names);
	if (diags.diag[0].hint[0])
		snprintf(hint.text, sizeof(hint.text), " (%s)",
			 diags.diag[0].hint);
	return hint;
}

void join_names(char *text, size_t size, const char *const *names)
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; names[i] && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s",
					 i ? ", " : "", names[i]);
}

/* ---- -h, --help, --usage -------------------------------------------- */

static error_t parse_help(int key, char *arg, struct argp_state *state)
{
	(void)arg;
	if (key == 'h')
		argp_state_help(state, state->out_stream, ARGP_HELP_STD_HELP);
	else if (key == KEY_USAGE)
		argp_state_help(state, state->out_stream,
				ARGP_HELP_USAGE | ARGP_HELP_EXIT_OK);
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

static const struct argp_option help_options[] = {
	{ "help", 'h', NULL, 0, "show this", -1 },
	{ "usage", KEY_USAGE, NULL, 0, "show the options in short", -1 },
	{ 0 },
};

static const struct argp help_argp = { help_options, parse_help };

/* ---- a misspelt long option ----------------------------------------- */

/* The long options of a table and of its children. */
struct names {
	const struct argp_option *option[MAX_NAMES];
	size_t count;
};

static void collect(struct names *names, const struct argp *argp)
{
	const struct argp_option *o = argp->options;
	const struct argp_child *child = argp->children;

	for (; o && (o->name || o->key || o->doc); o++)
		if (o->name && names->count < MAX_NAMES)
			names->option[names->count++] = o;
	for (; child && child->argp; child++)
		collect(names, child->argp);
}

/* The option that @word ("--name" or "--name=value") may stand for, by
 * getopt's rule: a prefix is enough. */
static const struct argp_option *find(const struct names *names,
				      const char *word)
{
	size_t length = strcspn(word + 2, "=");

	for (size_t i = 0; i < names->count; i++)
		if (strncmp(names->option[i]->name, word + 2, length) == 0)
			return names->option[i];
	return NULL;
}

/* "--count=5" or "--count 5" where NAME=VALUE is meant. */
static struct hint hint_operand(const char *word, const char *next)
{
	size_t length = strcspn(word + 2, "=");
	struct hint hint = { "" };

	if (!length)
		return hint;
	if (word[2 + length])
		next = word + 2 + length + 1;
	snprintf(hint.text, sizeof(hint.text), " (did you mean '%.*s=%s'?)",
		 (int)length, word + 2, next && next[0] != '-' ? next : "...");
	return hint;
}

/* @pairs: operands are NAME=VALUE. */
static void reject(const struct names *names, bool pairs, char **argv,
		   const char *word, const char *next)
{
	const char *command = argv[0];
	const char *all[MAX_NAMES + 1] = { NULL };
	size_t length = strcspn(word, "=");
	char wrong[64], dashed[MAX_NAMES][64];
	struct hint hint;

	for (size_t i = 0; i < names->count; i++) {
		snprintf(dashed[i], sizeof(dashed[i]), "--%s",
			 names->option[i]->name);
		all[i] = dashed[i];
	}
	snprintf(wrong, sizeof(wrong), "%.*s", (int)length, word);
	hint = hint_nearest(wrong, all);
	if (!hint.text[0] && pairs)
		hint = hint_operand(word, next);
	fprintf(stderr, "%s: unknown option '%s'%s\n", command, wrong,
		hint.text);
	/* As argp ends its own. */
	fprintf(stderr,
		"Try `%s --help' or `%s --usage' for more information.\n",
		command, command);
	exit(STATUS_USAGE);
}

static bool takes_next_word(const struct argp_option *option, const char *word)
{
	return option->arg && !strchr(word, '=');
}

/* getopt would say "unrecognized option" and no more. */
static void check_names(const struct argp *argp, bool pairs, int argc,
			char **argv)
{
	struct names names = { .count = 0 };
	const struct argp_option *option;

	collect(&names, argp);
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strncmp(argv[i], "--", 2) != 0)
			continue;
		option = find(&names, argv[i]);
		if (!option)
			reject(&names, pairs, argv, argv[i],
			       i + 1 < argc ? argv[i + 1] : NULL);
		else if (takes_next_word(option, argv[i]))
			i++;
	}
}

/* ---- for the commands ----------------------------------------------- */

void options_parse(const struct argp *argp, int argc, char **argv, void *input)
{
	const struct argp_child children[] = {
		{ argp, 0, NULL, 0 },
		{ &help_argp, 0, NULL, -1 },
		{ 0 },
	};
	const struct argp whole = { .children = children };
	const char *operands = argp->args_doc;

	check_names(&whole, operands && strstr(operands, "NAME=VALUE"), argc,
		    argv);
	argp_parse(&whole, argc, argv, ARGP_NO_HELP, NULL, input);
}

uint64_t options_number(struct argp_state *state, const char *name,
			const char *text, uint64_t min, uint64_t max)
{
	const struct node node = {
		.kind = NODE_SCALAR,
		.text = text,
		.length = strlen(text),
		.plain = true,
	};
	struct diags diags = { .count = 0 };
	uint64_t value = 0;

	if (!node_u64(&node, min, max, &value, &diags))
		argp_error(state, "%s: %s", name, diags.diag[0].text);
	return value;
}

unsigned options_choice(struct argp_state *state, const char *what,
			const char *text, const char *const *names)
{
	struct hint hint;
	char all[200];

	for (unsigned i = 0; names[i]; i++)
		if (strcmp(names[i], text) == 0)
			return i;
	hint = hint_nearest(text, names);
	join_names(all, sizeof(all), names);
	if (hint.text[0])
		argp_error(state, "unknown %s '%s'%s", what, text, hint.text);
	argp_error(state, "unknown %s '%s' (one of %s)", what, text, all);
	return 0;
}
