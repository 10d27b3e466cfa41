/* SPDX-License-Identifier: GPL-2.0-or-later */
/* driver_run.c - a driver's block of a trace, run event by event. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include "sim/yaml_in.h"
#include "tests/driver_run.h"

const struct trace_header driver_header = {
	.cpus = 2,
	.seed = 1,
	.nr_domains = 4,
	.domain = { { .id = 0,
		      .hardware = true,
		      .memory = 64 << 20,
		      .grant_frames = 64 },
		    { .id = 1, .memory = 1 << 20, .grant_frames = 64 },
		    { .id = 2, .memory = 1 << 20, .grant_frames = 1 },
		    { .id = 3, .memory = 1 << 20, .grant_frames = 64 } },
};

static const struct driver *find_driver(const char *name)
{
	for (size_t i = 0; sim_drivers[i]; i++)
		if (strcmp(sim_drivers[i]->name, name) == 0)
			return sim_drivers[i];
	ck_abort_msg("no driver %s", name);
}

static void write_file(char *path, const char *text)
{
	size_t length = strlen(text);
	int fd;

	strcpy(path, "check_drivers.XXXXXX");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, length), length);
	close(fd);
}

void run_open_in(struct run *run, const struct trace_header *header,
		 const char *driver, const char *block)
{
	struct node *root;

	*run = (struct run){ .driver = find_driver(driver) };
	write_file(run->path, block);
	ck_assert_int_eq(yaml_in_load(&run->in, run->path, &root, &run->diags),
			 0);
	run->instance = run->driver->open(root, header, LABEL, &run->diags);
}

void run_open(struct run *run, const char *driver, const char *block)
{
	run_open_in(run, &driver_header, driver, block);
}

void run_close(struct run *run)
{
	if (run->instance)
		run->driver->close(run->instance);
	yaml_in_close(run->in);
	unlink(run->path);
}

int run_next(struct run *run, struct event *event)
{
	const struct event *next;

	ck_assert_msg(run->instance, "refused: %s", run->diags.diag[0].text);
	next = run->driver->next(run->instance);
	if (next)
		*event = *next;
	return next != NULL;
}

unsigned run_to_unmap(struct run *run, enum event_kind kind,
		      struct event *event)
{
	unsigned count = 0;

	while (run_next(run, event) && event->kind != EVENT_unmap)
		count += event->kind == kind;
	return count;
}

static void print_access(const struct event *event, FILE *out)
{
	uint64_t offset = event->access.at % 4096;

	fprintf(out, "%" PRIu64 "*%" PRIu64, event->access.count,
		event->access.stride);
	if (offset)
		fprintf(out, " at %" PRIu64, offset);
}

/* The line for an event. */
static void print_event(const struct event *event, FILE *out)
{
	bool readonly = event->kind == EVENT_grant
				? event->grant.readonly
				: event->nr_ops && (event->ops[0].flags &
						    GNTMAP_readonly);

	fprintf(out, "%s ", event_names[event->kind]);
	if (event->kind == EVENT_read || event->kind == EVENT_write)
		print_access(event, out);
	else
		fprintf(out, "%zu%s", event->nr_ops, readonly ? " ro" : "");
	fputc('\n', out);
}

/* All events of a block, to be freed. */
static char *events_of(const char *driver, const char *block)
{
	struct event event;
	struct run run;
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	run_open(&run, driver, block);
	while (run_next(&run, &event))
		print_event(&event, out);
	fclose(out);
	run_close(&run);
	return text;
}

void check_sequence(const struct sequence *row)
{
	char *got = events_of(row->driver, row->block);

	ck_assert_msg(strcmp(got, row->events) == 0,
		      "%s\n--- wanted\n%s--- got\n%s", row->claim, row->events,
		      got);
	free(got);
}

void mapped_at(const char *driver, const char *block, uint64_t *at,
	       grant_ref_t *ref, size_t want)
{
	struct event event;
	struct run run;
	size_t count = 0;

	run_open(&run, driver, block);
	while (run_next(&run, &event))
		for (size_t i = 0; event.kind == EVENT_map &&
				   i < event.nr_ops && count < want;
		     i++) {
			at[count] = event.ops[i].at;
			ref[count++] = event.ops[i].ref;
		}
	ck_assert_uint_eq(count, want);
	run_close(&run);
}
