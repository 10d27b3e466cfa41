/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile_find.c - where machine profiles are.
 *
 *   1. $TLBSIM_MACHINES
 *   2. DIR/workloads/machines, where DIR or DIR/.. has the program; under
 *      libtool the program is in DIR/.libs
 *   3. the directory of the installation
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/profile.h"
#include "sim/profile_find.h"

#define SUFFIX ".yaml"
#define IN_TREE "/workloads/machines"
/* Profiles in one directory that are looked at. */
#define FILES_MAX 256
/* Directories that are searched. */
#define DIRECTORIES 4

/* ---- directories ----------------------------------------------------- */

/* The directory that holds the program that is running; "" if unknown. */
static void program_directory(char path[PROFILE_PATH_MAX])
{
	ssize_t length = readlink("/proc/self/exe", path, PROFILE_PATH_MAX - 1);
	char *slash;

	path[length > 0 ? length : 0] = '\0';
	slash = strrchr(path, '/');
	if (slash)
		*slash = '\0';
	slash = strrchr(path, '/');
	if (slash && strcmp(slash, "/.libs") == 0)
		*slash = '\0';
}

/* The @i-th directory to search; false past the last one.  A directory that
 * does not apply is "". */
static bool directory(unsigned i, char path[PROFILE_PATH_MAX])
{
	const char *variable = getenv("TLBSIM_MACHINES");
	char program[PROFILE_PATH_MAX];
	int n = 0;

	path[0] = '\0';
	program_directory(program);
	if (i == 0 && variable)
		n = snprintf(path, PROFILE_PATH_MAX, "%s", variable);
	else if (i == 1 && program[0])
		n = snprintf(path, PROFILE_PATH_MAX, "%s" IN_TREE, program);
	else if (i == 2 && program[0])
		n = snprintf(path, PROFILE_PATH_MAX, "%s/.." IN_TREE, program);
	else if (i == 3)
		n = snprintf(path, PROFILE_PATH_MAX, "%s", MACHINES_DIR);
	if (n >= PROFILE_PATH_MAX)
		path[0] = '\0';
	return i < DIRECTORIES;
}

/* ---- names ----------------------------------------------------------- */

struct names {
	char *name[DIRECTORIES * FILES_MAX + 1]; /* NULL at the end */
	char *path[DIRECTORIES * FILES_MAX];
	size_t count;
};

static void free_names(struct names *names)
{
	for (size_t i = 0; i < names->count; i++) {
		free(names->name[i]);
		free(names->path[i]);
	}
	free(names);
}

static bool is_known(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->name[i], name) == 0)
			return true;
	return false;
}

/* Bytes of @file before the suffix, or 0. */
static size_t stem_length(const char *file)
{
	size_t length = strlen(file), suffix = strlen(SUFFIX);

	if (length <= suffix || file[0] == '.' ||
	    strcmp(file + length - suffix, SUFFIX) != 0)
		return 0;
	return length - suffix;
}

static int add_name(struct names *names, const char *directory,
		    const char *file)
{
	char path[PROFILE_PATH_MAX];
	char *name = strndup(file, stem_length(file)), *copy;

	if (!name)
		return -ENOMEM;
	if (is_known(names, name) ||
	    snprintf(path, sizeof(path), "%s/%s", directory, file) >=
		    (int)sizeof(path)) {
		free(name);
		return 0;
	}
	copy = strdup(path);
	if (!copy) {
		free(name);
		return -ENOMEM;
	}
	names->name[names->count] = name;
	names->path[names->count++] = copy;
	return 0;
}

static int add_directory(struct names *names, const char *path)
{
	struct dirent *entry;
	size_t added = 0;
	int ret = 0;
	DIR *dir = opendir(path);

	if (!dir)
		return 0;
	while (ret == 0 && added < FILES_MAX && (entry = readdir(dir))) {
		if (stem_length(entry->d_name) == 0)
			continue;
		ret = add_name(names, path, entry->d_name);
		added++;
	}
	closedir(dir);
	return ret;
}

static void sort_names(struct names *names)
{
	for (size_t i = 1; i < names->count; i++) {
		for (size_t j = i; j > 0; j--) {
			char *name = names->name[j], *path = names->path[j];

			if (strcmp(names->name[j - 1], name) <= 0)
				break;
			names->name[j] = names->name[j - 1];
			names->path[j] = names->path[j - 1];
			names->name[j - 1] = name;
			names->path[j - 1] = path;
		}
	}
}

/* All profiles that can be named; NULL if out of memory. */
static struct names *all_names(void)
{
	struct names *names = calloc(1, sizeof(*names));
	char path[PROFILE_PATH_MAX];

	if (!names)
		return NULL;
	for (unsigned i = 0; directory(i, path); i++) {
		if (path[0] && add_directory(names, path) < 0) {
			free_names(names);
			return NULL;
		}
	}
	sort_names(names);
	return names;
}

int profile_each(int (*visit)(void *data, const char *name, const char *path),
		 void *data)
{
	struct names *names = all_names();
	int ret = names ? 0 : -ENOMEM;

	if (!names)
		return ret;
	for (size_t i = 0; i < names->count && ret == 0; i++)
		ret = visit(data, names->name[i], names->path[i]);
	free_names(names);
	return ret;
}

/* ---- one of them ----------------------------------------------------- */

static void not_found(const char *name, struct place place, struct diags *diags)
{
	struct names *names = all_names();

	diag_error(diags, place, "no machine profile '%s'",
		   diag_quote(name, strlen(name)).text);
	if (!names)
		return;
	diag_nearest(diags, name, (const char *const *)names->name);
	free_names(names);
}

/* @name as a path, relative to the directory of the file of @place. */
static bool relative_path(const char *name, char path[PROFILE_PATH_MAX],
			  struct place place, struct diags *diags)
{
	const char *slash = place.file ? strrchr(place.file, '/') : NULL;
	int directory = slash && name[0] != '/' ? (int)(slash - place.file + 1)
						: 0;

	if (snprintf(path, PROFILE_PATH_MAX, "%.*s%s", directory,
		     directory ? place.file : "", name) < PROFILE_PATH_MAX)
		return true;
	diag_error(diags, place, "the name of a file is too long");
	return false;
}

bool profile_find(const char *name, char path[PROFILE_PATH_MAX],
		  struct place place, struct diags *diags)
{
	char dir[PROFILE_PATH_MAX];

	if (strchr(name, '/') || stem_length(name))
		return relative_path(name, path, place, diags);
	for (unsigned i = 0; directory(i, dir); i++) {
		if (!dir[0] || snprintf(path, PROFILE_PATH_MAX, "%s/%s" SUFFIX,
					dir, name) >= PROFILE_PATH_MAX)
			continue;
		if (access(path, R_OK) == 0)
			return true;
	}
	not_found(name, place, diags);
	return false;
}
