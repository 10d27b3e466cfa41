/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep_traces.c - the traces of a sweep: files and patterns, relative to its
 * own file.
 *
 * Results call a trace as the sweep does, not by its path from where the
 * program runs, so that they are the same from everywhere.
 */
#include "config.h"

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/input.h"
#include "sim/sweep.h"

/* What was found, before it is known how much. */
struct found {
	struct sweep_value *value;
	size_t count;
};

/* Bytes of @path up to the last slash, it included. */
static size_t folder_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) + 1 : 0;
}

/* A pattern for glob() in the sweep's folder, whose own name is none. */
static bool make_pattern(const struct sweep *sweep, const char *text,
			 char pattern[PATH_MAX])
{
	size_t length = text[0] == '/' ? 0 : folder_length(sweep->path);
	size_t used = 0;

	for (size_t i = 0; i < length && used + 2 < PATH_MAX; i++) {
		if (strchr("*?[\\", sweep->path[i]))
			pattern[used++] = '\\';
		pattern[used++] = sweep->path[i];
	}
	if (used + strlen(text) + 1 > PATH_MAX)
		return false;
	strcpy(pattern + used, text);
	return true;
}

static bool is_known(const struct found *found, const char *name)
{
	for (size_t i = 0; i < found->count; i++)
		if (strcmp(found->value[i].text, name) == 0)
			return true;
	return false;
}

/* A file that matched: under the name that it has in the sweep. */
static int add_file(struct sweep *sweep, struct found *found, const char *path,
		    const struct node *node)
{
	size_t skip = node->text[0] == '/' ? 0 : folder_length(sweep->path);
	struct sweep_value *more;
	char *copy;

	if (is_known(found, path + skip))
		return 0;
	more = realloc(found->value, (found->count + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	found->value = more;
	copy = sweep_keep(sweep, path, strlen(path));
	if (!copy)
		return -ENOMEM;
	more[found->count++] = (struct sweep_value){ .text = copy + skip,
						     .path = copy,
						     .place = node->place };
	return 0;
}

static bool is_usable(const char *path, const struct node *node,
		      struct diags *diags)
{
	struct stat st;

	if (input_valid(path, strlen(path)) != strlen(path))
		diag_error(diags, node->place,
			   "the name of a file is not UTF-8");
	else if (stat(path, &st) < 0)
		diag_error(diags, node->place, "'%s': %s", path,
			   strerror(errno));
	else if (S_ISDIR(st.st_mode))
		diag_error(diags, node->place, "'%s' is a folder", path);
	else
		return true;
	return false;
}

static int add_matches(struct sweep *sweep, struct found *found,
		       const glob_t *matches, const struct node *node,
		       struct diags *diags)
{
	int ret = 0;

	for (size_t i = 0; i < matches->gl_pathc && ret == 0; i++)
		if (is_usable(matches->gl_pathv[i], node, diags))
			ret = add_file(sweep, found, matches->gl_pathv[i],
				       node);
	return ret;
}

static int add_pattern(struct sweep *sweep, struct found *found,
		       const struct node *node, struct diags *diags)
{
	char pattern[PATH_MAX];
	glob_t matches;
	int ret;

	if (!make_pattern(sweep, node->text, pattern)) {
		diag_error(diags, node->place,
			   "the name of a file is too long");
		return 0;
	}
	ret = glob(pattern, 0, NULL, &matches);
	if (ret == GLOB_NOSPACE)
		return -ENOMEM;
	if (ret != 0) {
		diag_error(diags, node->place, "there is no file '%s'",
			   diag_quote(node->text, node->length).text);
		diag_hint(diags, "names are relative to the sweep's own file");
		return 0;
	}
	ret = add_matches(sweep, found, &matches, node, diags);
	globfree(&matches);
	return ret;
}

static int keep_found(struct sweep *sweep, const struct found *found,
		      const struct node *list)
{
	struct sweep_axis *axis = &sweep->axis[sweep->nr_axes++];
	size_t size = found->count * sizeof(*axis->value);

	axis->name = "trace";
	axis->place = list->place;
	axis->count = found->count;
	axis->value = arena_alloc(&sweep->arena, size + 1);
	if (!axis->value)
		return -ENOMEM;
	if (size)
		memcpy(axis->value, found->value, size);
	return 0;
}

int sweep_read_traces(struct sweep *sweep, const struct node *list,
		      struct diags *diags)
{
	struct found found = { NULL, 0 };
	int ret = 0;

	if (list->kind != NODE_SEQUENCE) {
		node_expected(list, "a list of files", diags);
		return 0;
	}
	if (!list->count)
		diag_error(diags, list->place, "an empty list");
	for (const struct node *n = list->first; n && ret == 0; n = n->next) {
		if (n->kind != NODE_SCALAR || !n->length)
			node_expected(n, "a file's name", diags);
		else
			ret = add_pattern(sweep, &found, n, diags);
	}
	if (ret == 0)
		ret = keep_found(sweep, &found, list);
	free(found.value);
	return ret;
}
