/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/indexer.h"

/* Between two reports of a job. */
#define REPORT_USEC 200000

struct indexer {
	struct worker *worker;
	const struct store *store;
	const struct index *index;
	struct indexer_events events;
	struct job *job;
	struct matcher *matcher; /* of the job; NULL while none runs */
	struct matcher *next;    /* once more, with these; NULL */
	char *status;
};

/* ---- the job ---- */

struct input {
	const struct store *store; /* to open again, as the index; both outlive all jobs */
	const struct index *index;
	struct matcher *matcher;
	struct job *job;
	gint64 started, reported;
	const char *phase;
};

struct report {
	char *status;
	GError *error; /* of the last one */
	bool ended;
};

static void input_free(gpointer data)
{
	struct input *input = data;

	matcher_unref(input->matcher);
	g_free(input);
}

static void report_free(gpointer data)
{
	struct report *report = data;

	g_free(report->status);
	g_clear_error(&report->error);
	g_free(report);
}

static char *time_left(double seconds)
{
	if (seconds < 90)
		return g_strdup_printf("%.0f s left", seconds);
	return g_strdup_printf("%.0f min left", seconds / 60);
}

static char *status_text(const char *what, unsigned done, unsigned total, gint64 usec)
{
	double rate = usec > 0 ? done * 1e6 / (double)usec : 0;
	g_autofree char *left = NULL;

	if (!total)
		return g_strdup(what);
	if (rate <= 0)
		return g_strdup_printf("%s 0 of %u", what, total);
	left = time_left((total - done) / rate);
	return g_strdup_printf(
		"%s %u %%, %.0f/s, %s", what, (unsigned)((guint64)done * 100 / total), rate, left);
}

static bool on_progress(void *user, const char *what, unsigned done, unsigned total)
{
	struct input *input = user;
	gint64 now = g_get_monotonic_time();
	struct report *report;

	if (job_cancelled(input->job))
		return false;
	if (what != input->phase) {
		input->phase = what;
		input->started = now;
	}
	if (now - input->reported < REPORT_USEC)
		return true;
	input->reported = now;
	report = g_new0(struct report, 1);
	report->status = status_text(what, done, total, now - input->started);
	job_post(input->job, report);
	return true;
}

static void run(struct job *job, void *data)
{
	struct input *input = data;
	struct report *report = g_new0(struct report, 1);
	struct store *store = store_open_again(input->store, &report->error);
	struct index *index = store ? index_open_again(input->index, &report->error) : NULL;

	input->job = job;
	if (index)
		index_update(index, store, input->matcher, on_progress, input, &report->error);
	index_close(index);
	store_close(store);
	report->ended = true;
	job_post(job, report);
}

/* ---- its owner ---- */

static void start(struct indexer *indexer, struct matcher *matcher);

static void deliver(void *user, void *item)
{
	struct indexer *indexer = user;
	struct report *report = item;
	struct matcher *next;

	if (!report) {
		indexer->job = NULL;
		g_clear_pointer(&indexer->matcher, matcher_unref);
		next = g_steal_pointer(&indexer->next);
		if (next)
			start(indexer, next);
		return;
	}
	g_free(indexer->status);
	indexer->status = g_steal_pointer(&report->status);
	if (report->ended)
		indexer->events.ended(indexer->events.user, report->error);
	else
		indexer->events.changed(indexer->events.user);
}

/* Takes the reference over. */
static void start(struct indexer *indexer, struct matcher *matcher)
{
	struct input *input = g_new0(struct input, 1);
	struct job_spec spec = {run, input, input_free, deliver, report_free, indexer};

	input->store = indexer->store;
	input->index = indexer->index;
	input->matcher = matcher_ref(matcher);
	indexer->matcher = matcher;
	indexer->job = worker_start(indexer->worker, &spec);
}

struct indexer *indexer_new(struct worker *worker, const struct store *store,
	const struct index *index, const struct indexer_events *events)
{
	struct indexer *indexer = g_new0(struct indexer, 1);

	indexer->worker = worker;
	indexer->store = store;
	indexer->index = index;
	indexer->events = *events;
	return indexer;
}

void indexer_free(struct indexer *indexer)
{
	if (!indexer)
		return;
	job_cancel(indexer->job);
	g_clear_pointer(&indexer->matcher, matcher_unref);
	g_clear_pointer(&indexer->next, matcher_unref);
	g_free(indexer->status);
	g_free(indexer);
}

void indexer_run(struct indexer *indexer, struct matcher *matcher)
{
	/* What it would read by old rules is not worth waiting for. */
	if (indexer->job && indexer->matcher != matcher) {
		job_cancel(g_steal_pointer(&indexer->job));
		g_clear_pointer(&indexer->matcher, matcher_unref);
		g_clear_pointer(&indexer->next, matcher_unref);
	}
	if (!indexer->job) {
		start(indexer, matcher_ref(matcher));
	} else if (!indexer->next) {
		indexer->next = matcher_ref(matcher);
	}
}

const char *indexer_status(struct indexer *indexer)
{
	return indexer->status;
}
