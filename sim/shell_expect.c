/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shell_expect.c - what was typed holds, or it is said that it does not. */
#include "config.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "sim/shell.h"
#include "sim/sim.h"

static bool read_value(const char *text, size_t length, double *value)
{
	char copy[40], *end;

	if (!length || length >= sizeof(copy))
		return false;
	snprintf(copy, sizeof(copy), "%.*s", (int)length, text);
	*value = strtod(copy, &end);
	return !*end && *value >= 0;
}

/* "3", "3..5", "3.." */
static bool read_range(const char *text, double *min, double *max)
{
	const char *dots = strstr(text, "..");

	if (!dots) {
		if (!read_value(text, strlen(text), min))
			return false;
		*max = *min;
		return true;
	}
	*max = DBL_MAX;
	return read_value(text, (size_t)(dots - text), min) &&
	       (!dots[2] || read_value(dots + 2, strlen(dots + 2), max));
}

static void unknown_counter(struct shell *shell, const char *name)
{
	const char *names[COUNTERS + 1] = { NULL };

	for (size_t i = 0; i < COUNTERS; i++)
		names[i] = counter_info[i].path;
	diag_error(&shell->mistakes,
		   (struct place){ shell->file, shell->line, 1 },
		   "unknown counter '%s'", diag_quote(name, strlen(name)).text);
	diag_nearest(&shell->mistakes, name, names);
	shell_show_mistakes(shell);
}

static void hold(struct shell *shell, enum counter counter, double min,
		 double max, const char *wanted)
{
	double is = results_value(sim_results(shell->sim), counter);

	if (is < min || is > max)
		diag_error(&shell->failed,
			   (struct place){ shell->file, shell->line, 1 },
			   "'%s' is %.15g, expected %s",
			   counter_info[counter].path, is, wanted);
}

/* "counter=value" */
static bool expect_one(struct shell *shell, const char *word)
{
	size_t length = strcspn(word, "=");
	char name[80];
	double min, max;
	int counter;

	if (!word[length]) {
		shell_error(shell, "expected counter=value, found '%s'",
			    diag_quote(word, length).text);
		return false;
	}
	snprintf(name, sizeof(name), "%.*s", (int)length, word);
	counter = counter_find(name);
	if (counter < 0) {
		unknown_counter(shell, name);
		return false;
	}
	if (!read_range(word + length + 1, &min, &max)) {
		shell_error(shell, "expected a number or a range for '%s'",
			    name);
		return false;
	}
	hold(shell, (enum counter)counter, min, max, word + length + 1);
	return true;
}

void shell_expect(struct shell *shell, char **words, size_t count)
{
	char text[1000] = "";

	if (!count)
		shell_error(shell, "expect what?");
	for (size_t i = 0; i < count; i++) {
		size_t used = strlen(text);

		if (!expect_one(shell, words[i]))
			return;
		snprintf(text + used, sizeof(text) - used, "%s%s", i ? " " : "",
			 words[i]);
	}
	shell_show_failed(shell);
	if (count && !shell_keep(shell, text, true))
		shell_out_of_memory(shell);
}
