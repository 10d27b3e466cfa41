/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_explain.c - what is told is whole, and telling changes nothing.
 *
 * Each shipped case is told as JSON, which is then read as somebody would
 * who draws it: what is cached is rebuilt from the changes alone.
 */
#include "config.h"

#include <glob.h>
#include <string.h>

#include <jansson.h>

#include "gnttab/policy.h"
#include "sim/explain.h"
#include "tests/suite.h"

#define MAX_HELD 4096

/* What a reader believes to be cached, as text. */
struct belief {
	char *held[MAX_HELD];
	size_t count;
};

static char *name_of(const json_t *change)
{
	static const char *const keys[] = { "cache", "va", "size" };
	char text[300];
	int used = snprintf(
		text, sizeof(text), "%d %d %d",
		(int)json_integer_value(json_object_get(change, "cpu")),
		(int)json_integer_value(json_object_get(change, "pcid")),
		json_is_true(json_object_get(change, "global")));

	for (size_t i = 0; i < 3; i++)
		used += snprintf(
			text + used, sizeof(text) - (size_t)used, " %s",
			json_string_value(json_object_get(change, keys[i])));
	return strdup(text);
}

static size_t find(const struct belief *belief, const char *name)
{
	size_t i = 0;

	while (i < belief->count && strcmp(belief->held[i], name) != 0)
		i++;
	return i;
}

static void believe(struct belief *belief, const json_t *change)
{
	const char *kind = json_string_value(json_object_get(change, "change"));
	char *name = name_of(change);
	size_t at = find(belief, name);

	ck_assert_ptr_nonnull(kind);
	if (strcmp(kind, "filled") == 0) {
		ck_assert_msg(at == belief->count, "filled again: %s", name);
		ck_assert_uint_lt(at, MAX_HELD);
		belief->held[belief->count++] = name;
		return;
	}
	ck_assert_msg(at < belief->count, "%s, not held: %s", kind, name);
	free(name);
	if (strcmp(kind, "dropped") != 0)
		return;
	free(belief->held[at]);
	belief->held[at] = belief->held[--belief->count];
}

/* A translation that a TLB had is one that the reader knows of. */
static void check_access(const struct belief *belief, const json_t *step)
{
	const char *served = json_string_value(json_object_get(step, "served"));
	const char *end = json_string_value(json_object_get(step, "end"));

	if (strcmp(end, "ok") == 0 && strcmp(served, "walk") != 0)
		ck_assert_uint_gt(belief->count, 0);
}

struct reader {
	struct belief belief;
	json_int_t open; /* the event that goes on; -1: none */
	bool flush_due;	 /* decided, and not done */
	unsigned decisions, flushes, events;
};

static void read_step(struct reader *r, const json_t *step)
{
	const char *kind = json_string_value(json_object_get(step, "step"));
	json_int_t event = json_integer_value(json_object_get(step, "event"));
	json_t *change;
	size_t i;

	ck_assert_ptr_nonnull(kind);
	if (strcmp(kind, "access") == 0)
		check_access(&r->belief, step);
	json_array_foreach(json_object_get(step, "changes"), i, change)
		believe(&r->belief, change);
	if (strcmp(kind, "event") == 0) {
		ck_assert_int_eq(r->open, -1);
		r->open = event;
		r->events++;
		return;
	}
	ck_assert_int_eq(r->open, event);
	if (strcmp(kind, "end") == 0) {
		ck_assert(!r->flush_due);
		r->open = -1;
	} else if (strcmp(kind, "decision") == 0) {
		r->decisions++;
		r->flush_due = json_is_true(json_object_get(step, "flush"));
	} else if (strcmp(kind, "flush") == 0) {
		r->flushes++;
		r->flush_due = false;
	}
}

/* The trace, told as JSON. */
static json_t *told(const char *path, const struct gnttab_policy *policy)
{
	struct explain_config config = {
		.trace = path,
		.over.policy = policy,
		.to = UINT64_MAX,
		.teller = &teller_json,
		.out = tmpfile(),
	};
	json_error_t error;
	json_t *root;

	ck_assert_ptr_nonnull(config.out);
	/* Expectations hold as they do when nobody watches. */
	ck_assert_msg(explain_trace(&config) == STATUS_OK, "%s", path);
	rewind(config.out);
	root = json_loadf(config.out, 0, &error);
	ck_assert_msg(root, "%s: line %d: %s", path, error.line, error.text);
	fclose(config.out);
	return root;
}

static void check_told(const char *path, const struct gnttab_policy *policy,
		       struct reader *r)
{
	json_t *root = told(path, policy), *step;
	size_t i;

	r->open = -1;
	json_array_foreach(json_object_get(root, "steps"), i, step)
		read_step(r, step);
	ck_assert_int_eq(r->open, -1);
	json_decref(root);
	while (r->belief.count)
		free(r->belief.held[--r->belief.count]);
}

static glob_t files_of(const char *names)
{
	const char *top = getenv("top_srcdir");
	char pattern[4096];
	glob_t files;

	snprintf(pattern, sizeof(pattern), "%s/%s", top ? top : ".", names);
	ck_assert_int_eq(glob(pattern, 0, NULL, &files), 0);
	return files;
}

START_TEST(changes_alone_say_what_is_cached)
{
	const struct gnttab_policy *policy = gnttab_policy_at((size_t)_i);
	glob_t files = files_of("workloads/cases/*.yaml");
	struct reader r = { .open = -1 };

	for (size_t i = 0; i < files.gl_pathc; i++)
		check_told(files.gl_pathv[i], policy, &r);
	globfree(&files);
	ck_assert_uint_gt(r.events, 100);
	ck_assert_uint_gt(r.decisions, 20);
	ck_assert_uint_gt(r.flushes, 10);
}
END_TEST

START_TEST(what_was_dropped_may_be_filled_again)
{
	glob_t file = files_of("tests/golden/explain.yaml");
	struct reader r = { .open = -1 };

	check_told(file.gl_pathv[0], NULL, &r);
	globfree(&file);
}
END_TEST

/* ---- one decision each --------------------------------------------------- */

static const struct reason_row {
	const char *policy, *trace;
	const char *reasons; /* of the decisions, in order */
} reason_rows[] = {
	{ "xs8", "h02-batch-of-32", "accessed clean accessed" },
	{ "upstream", "h02-batch-of-32", "always always always" },
	{ "xs8", "h05-fault", "fault clean" },
	{ "xs8", "h07-driver-domain", "untrusted" },
	{ "xs8", "h04-failing-operation", "default default" },
	{ "xs8", "c08-replace", "replace default accessed" },
	{ "xs72-amd", "h03-amd", "amd" },
};

START_TEST(a_decision_has_its_reason)
{
	const struct reason_row *row = &reason_rows[_i];
	const char *top = getenv("top_srcdir"), *reason;
	char path[4096], got[200] = "";
	json_t *root, *step;
	size_t i;

	snprintf(path, sizeof(path), "%s/workloads/cases/%s.yaml",
		 top ? top : ".", row->trace);
	root = told(path, gnttab_policy_find(row->policy));
	json_array_foreach(json_object_get(root, "steps"), i, step)
	{
		reason = json_string_value(json_object_get(step, "reason"));
		if (!reason)
			continue;
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s",
			 got[0] ? " " : "", reason);
	}
	ck_assert_str_eq(got, row->reasons);
	json_decref(root);
}
END_TEST

static int count_policies(void)
{
	int count = 0;

	while (gnttab_policy_at((size_t)count))
		count++;
	return count;
}

static void add(TCase *tc)
{
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, what_was_dropped_may_be_filled_again);
	tcase_add_loop_test(tc, changes_alone_say_what_is_cached, 0,
			    count_policies());
	tcase_add_loop_test(tc, a_decision_has_its_reason, 0,
			    ROWS(reason_rows));
}

int main(void)
{
	return run_suite("explain", add);
}
