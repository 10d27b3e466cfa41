/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep_run.c - the cells of a sweep, run on all cores.
 *
 *   worker: cell -> simulator of its own -> outcome
 *   this thread: outcome -> journal -> stderr, by number
 *
 * A cell's outcome is its worker's until the pool has told of it, and then
 * this thread's.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/output.h"
#include "sim/pool.h"
#include "sim/replay.h"
#include "sim/sweep_pace.h"
#include "sim/sweep_run.h"

#define TICK_MS 200

struct state {
	const struct sweep_run *run;
	size_t *todo; /* cells, from 1 */
	size_t nr_todo;
	double *seconds, *guess; /* that cells took or may take, from 0 */
	struct pace pace;
	size_t finished, failed;
	size_t told; /* cells whose messages are out */
};

/* ---- a cell, on any thread -------------------------------------------------
 */

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

static size_t fill_parameters(const struct sweep *sweep, size_t cell,
			      struct result_parameter *parameter)
{
	size_t count = 0;

	for (size_t i = AXIS_PARAMETERS; i + 1 < sweep->nr_axes; i++)
		parameter[count++] = (struct result_parameter){
			.path = sweep->axis[i].name,
			.value = sweep_value(sweep, cell, i)->text,
		};
	return count;
}

static enum status replay_cell(const struct sweep *sweep, size_t cell,
			       FILE *messages, struct results *results)
{
	struct result_parameter parameter[SWEEP_MAX_PARAMETERS];
	struct trace_setting setting[SWEEP_MAX_PARAMETERS];
	const struct sweep_value *trace = sweep_value(sweep, cell, AXIS_TRACE);
	const struct gnttab_policy *policy =
		sweep_value(sweep, cell, sweep->nr_axes - 1)->policy;
	const struct replay_config config = {
		.policies = &policy,
		.nr_policies = policy ? 1 : 0,
		.over.machine = sweep_value(sweep, cell, AXIS_MACHINE)->path,
		.setting = setting,
		.nr_settings = sweep_settings(sweep, cell, setting),
		.name = trace->text,
		.parameter = parameter,
		.nr_parameters = fill_parameters(sweep, cell, parameter),
		.ignore_expect = sweep->ignore_expect,
		.no_notes = true,
		.messages = messages,
	};
	struct progress none = { .fd = -1 };

	return replay_trace(trace->path, &config, &none, results);
}

static void run_cell(void *data, size_t cell)
{
	struct state *state = data;
	struct outcome *outcome = &state->run->outcomes->of[cell - 1];
	double start = now();
	size_t size;
	FILE *messages = open_memstream(&outcome->messages, &size);

	outcome->status = STATUS_IO;
	if (!messages)
		return;
	outcome->status = replay_cell(state->run->sweep, cell, messages,
				      &outcome->results);
	if (fclose(messages) == EOF)
		outcome->status = STATUS_IO;
	state->seconds[cell - 1] = now() - start;
}

/* ---- what is said -------------------------------------------------------- */

void sweep_describe(const struct sweep *sweep, size_t cell, FILE *to)
{
	const char *mark = "";

	fprintf(to, "cell %zu (", cell);
	for (size_t i = 0; i < sweep->nr_axes; i++) {
		const struct sweep_axis *axis = &sweep->axis[i];
		const char *text = sweep_value(sweep, cell, i)->text;

		if (!axis->place.line)
			continue;
		fputs(mark, to);
		if (i >= AXIS_PARAMETERS && i + 1 < sweep->nr_axes)
			fprintf(to, "%s=", axis->name);
		fputs(text, to);
		mark = ", ";
	}
	fputc(')', to);
}

static const char *word(enum status status)
{
	if (status == STATUS_FAILED)
		return "failed";
	return status == STATUS_REJECTED ? "was rejected" : "could not run";
}

/* Head the messages of a cell that did not go well with its name. */
static int head_messages(const struct sweep *sweep, size_t cell,
			 struct outcome *outcome)
{
	char *whole = NULL;
	size_t size;
	FILE *to = open_memstream(&whole, &size);

	if (!to)
		return -ENOMEM;
	fputs("tlbsim: ", to);
	sweep_describe(sweep, cell, to);
	fprintf(to, " %s\n%s", word(outcome->status),
		outcome->messages ? outcome->messages : "");
	if (fclose(to) == EOF)
		return -ENOMEM;
	free(outcome->messages);
	outcome->messages = whole;
	return 0;
}

/* Messages go out by number: once all cells below are done. */
static void tell_messages(struct state *state)
{
	const struct sweep_run *run = state->run;
	const struct outcome *outcome;

	for (; state->told < run->outcomes->count; state->told++) {
		outcome = &run->outcomes->of[state->told];
		if (!shard_has(&run->shard, state->told + 1))
			continue;
		if (!outcome->done)
			break;
		if (!outcome->messages || !outcome->messages[0])
			continue;
		progress_clear(run->progress);
		fputs(outcome->messages, stderr);
	}
}

/* ---- progress ------------------------------------------------------------ */

static void show_progress(const struct state *state)
{
	char text[80], left[32] = "";
	unsigned seconds;

	if (!progress_is_due(state->run->progress))
		return;
	if (state->finished) {
		seconds = (unsigned)(pace_left(&state->pace) /
				     state->run->jobs);
		snprintf(left, sizeof(left), ", %u:%02u:%02u left",
			 seconds / 3600, seconds / 60 % 60, seconds % 60);
	}
	snprintf(text, sizeof(text), "%zu of %zu cells, %zu failed%s",
		 state->finished, state->nr_todo, state->failed, left);
	progress_say(state->run->progress, text);
}

/* ---- the sweep ----------------------------------------------------------- */

/* A cell is done: note it, unless it shall run again. */
static int finish_cell(struct state *state, size_t cell)
{
	struct outcome *outcome = &state->run->outcomes->of[cell - 1];
	struct journal *journal = state->run->journal;
	char *line;
	int rc = 0;

	pace_note(&state->pace, cell, state->seconds[cell - 1]);
	state->finished++;
	state->failed += outcome->status != STATUS_OK;
	outcome->done = true;
	if (outcome->status != STATUS_OK)
		rc = head_messages(state->run->sweep, cell, outcome);
	if (rc < 0 || !journal || outcome->status > STATUS_REJECTED)
		return rc;
	line = outcome_line(cell, outcome);
	rc = line ? journal_append(journal, line) : -ENOMEM;
	free(line);
	return rc;
}

/* End as the signal ends programs, but with the journal safe. */
static void die(struct state *state, int signal_number)
{
	const struct sweep_run *run = state->run;
	sigset_t set;

	progress_clear(run->progress);
	fprintf(stderr, "tlbsim: interrupted, %zu of %zu cells were run%s\n",
		state->finished, state->nr_todo,
		run->journal ? "; go on with --resume" : "");
	if (run->journal)
		journal_close(run->journal);
	signal(signal_number, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, signal_number);
	raise(signal_number);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	_Exit(STATUS_IO);
}

/* Longest first; what take the same by number. */
static int compare_cells(const void *a, const void *b, void *data)
{
	const struct state *state = data;
	const size_t x = *(const size_t *)a, y = *(const size_t *)b;
	const double of_x = state->guess[x - 1], of_y = state->guess[y - 1];

	if (of_x != of_y)
		return of_x > of_y ? -1 : 1;
	return x < y ? -1 : x > y;
}

/*
 * Begin what may take long before the rest, lest one core is left with it in
 * the end.  Each time that twice as much is known.
 */
static void order_rest(struct state *state, struct pool *pool)
{
	if (state->finished & (state->finished - 1))
		return;
	for (size_t i = 0; i < state->nr_todo; i++)
		state->guess[state->todo[i] - 1] = pace_guess(&state->pace,
							      state->todo[i]);
	pool_sort(pool, compare_cells, state);
}

static int run_pool(struct state *state, struct pool *pool)
{
	size_t what;
	int rc = 0;

	while (rc == 0) {
		switch (pool_wait(pool, TICK_MS, &what)) {
		case POOL_ITEM:
			rc = finish_cell(state, what);
			order_rest(state, pool);
			tell_messages(state);
			break;
		case POOL_TIMEOUT:
			break;
		case POOL_SIGNAL:
			die(state, (int)what);
			break;
		case POOL_EMPTY:
			return 0;
		}
		show_progress(state);
	}
	return rc;
}

static int prepare(struct state *state)
{
	const struct sweep_run *run = state->run;
	size_t cells = run->sweep->nr_cells;

	state->todo = calloc(cells + 1, sizeof(*state->todo));
	state->seconds = calloc(cells + 1, sizeof(*state->seconds));
	state->guess = calloc(cells + 1, sizeof(*state->guess));
	if (!state->todo || !state->seconds || !state->guess ||
	    pace_init(&state->pace, run->sweep) < 0)
		return -ENOMEM;
	for (size_t cell = 1; cell <= cells; cell++) {
		if (!shard_has(&run->shard, cell) ||
		    run->outcomes->of[cell - 1].done)
			continue;
		state->todo[state->nr_todo++] = cell;
		pace_expect(&state->pace, cell);
	}
	return 0;
}

static int run_cells(struct state *state)
{
	struct pool *pool;
	int rc = prepare(state);

	if (rc < 0)
		return rc;
	tell_messages(state);
	rc = pool_start(&pool, state->run->jobs, state->todo, state->nr_todo,
			run_cell, state);
	if (rc < 0)
		return rc;
	rc = run_pool(state, pool);
	pool_stop(pool);
	progress_clear(state->run->progress);
	return rc;
}

enum status sweep_run(const struct sweep_run *run)
{
	struct state state = { .run = run };
	int rc = run_cells(&state);

	free(state.todo);
	free(state.seconds);
	free(state.guess);
	pace_free(&state.pace);
	return rc < 0 ? io_error("run the sweep", run->sweep->path, rc)
		      : STATUS_OK;
}
