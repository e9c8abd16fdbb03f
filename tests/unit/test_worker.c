/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Jobs in threads: order, cancelling, the end. Threads are held at gates, so that nothing here
 * depends on who is faster.
 */
#include "tui/worker.h"

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/* ---- gates: a thread waits at one until the test opens it ---- */

struct gate {
	GMutex mutex;
	GCond cond;
	bool open;
};

static void gate_wait(struct gate *gate)
{
	g_mutex_lock(&gate->mutex);
	while (!gate->open)
		g_cond_wait(&gate->cond, &gate->mutex);
	g_mutex_unlock(&gate->mutex);
}

static void gate_open(struct gate *gate)
{
	g_mutex_lock(&gate->mutex);
	gate->open = true;
	g_cond_broadcast(&gate->cond);
	g_mutex_unlock(&gate->mutex);
}

/* ---- jobs ---- */

struct input {
	int first, count;
	struct gate *before, *after; /* NULL: none */
	struct gate *started;        /* opened by the job; NULL */
	gint *freed;                 /* atomic; NULL */
	bool endless;                /* posts until it is cancelled */
	gint *saw_cancel;            /* atomic */
};

struct heard {
	GArray *items; /* of int */
	int ends;
};

static gint items_alive; /* atomic */

static void *item_new(int number)
{
	int *item = g_new(int, 1);

	g_atomic_int_inc(&items_alive);
	*item = number;
	return item;
}

static void item_free(gpointer item)
{
	g_atomic_int_add(&items_alive, -1);
	g_free(item);
}

static void run(struct job *job, void *data)
{
	struct input *input = data;

	if (input->started)
		gate_open(input->started);
	if (input->before)
		gate_wait(input->before);
	for (int i = 0; i < input->count; i++)
		job_post(job, item_new(input->first + i));
	while (input->endless && !job_cancelled(job))
		g_usleep(1000);
	if (input->saw_cancel)
		g_atomic_int_set(input->saw_cancel, job_cancelled(job));
	if (input->after)
		gate_wait(input->after);
}

static void input_free(gpointer data)
{
	struct input *input = data;

	if (input->freed)
		g_atomic_int_inc(input->freed);
	g_free(input);
}

static void deliver(void *user, void *item)
{
	struct heard *heard = user;

	if (item)
		g_array_append_val(heard->items, *(int *)item);
	else
		heard->ends++;
}

static struct job *start(struct worker *worker, struct heard *heard, const struct input *given)
{
	struct job_spec spec = {
		run, g_memdup2(given, sizeof(*given)), input_free, deliver, item_free, heard};

	return worker_start(worker, &spec);
}

/* As the event loop does it. */
static void dispatch_until_idle(struct worker *worker)
{
	while (!worker_idle(worker)) {
		struct pollfd fd = {.fd = worker_fd(worker), .events = POLLIN};

		assert_true(poll(&fd, 1, 30000) > 0);
		worker_dispatch(worker);
	}
}

static struct heard *heard_new(void)
{
	struct heard *heard = g_new0(struct heard, 1);

	heard->items = g_array_new(FALSE, FALSE, sizeof(int));
	return heard;
}

static void heard_free(struct heard *heard)
{
	g_array_unref(heard->items);
	g_free(heard);
}

static void test_order(void **state)
{
	struct worker *worker = worker_new();
	struct heard *heard = heard_new();
	gint freed = 0;

	(void)state;
	assert_true(worker_idle(worker));
	assert_false(worker_dispatch(worker));
	start(worker, heard, &(struct input){.count = 10000, .freed = &freed});
	dispatch_until_idle(worker);
	assert_int_equal(heard->items->len, 10000);
	for (guint i = 0; i < heard->items->len; i++)
		assert_int_equal(g_array_index(heard->items, int, i), i);
	assert_int_equal(heard->ends, 1);
	assert_int_equal(g_atomic_int_get(&freed), 1);
	assert_int_equal(g_atomic_int_get(&items_alive), 0);
	assert_false(worker_dispatch(worker));
	worker_free(worker);
	heard_free(heard);
}

static void test_many_jobs(void **state)
{
	struct worker *worker = worker_new();
	struct heard *heard[8];

	(void)state;
	for (int i = 0; i < 8; i++) {
		heard[i] = heard_new();
		start(worker, heard[i], &(struct input){.first = i * 1000, .count = 500});
	}
	dispatch_until_idle(worker);
	for (int i = 0; i < 8; i++) {
		assert_int_equal(heard[i]->items->len, 500);
		for (int k = 0; k < 500; k++)
			assert_int_equal(g_array_index(heard[i]->items, int, k), i * 1000 + k);
		assert_int_equal(heard[i]->ends, 1);
		heard_free(heard[i]);
	}
	worker_free(worker);
}

/* What was posted, but not yet delivered, is dropped; and so is the end. */
static void test_cancel_drops(void **state)
{
	struct gate after = {0};
	struct worker *worker = worker_new();
	struct heard *heard = heard_new();
	gint freed = 0;
	struct job *job =
		start(worker, heard, &(struct input){.count = 5, .after = &after, .freed = &freed});

	(void)state;
	/* The first item has come; now the job is cancelled. */
	while (!heard->items->len) {
		struct pollfd fd = {.fd = worker_fd(worker), .events = POLLIN};

		assert_true(poll(&fd, 1, 30000) > 0);
		worker_dispatch(worker);
	}
	guint before = heard->items->len;
	job_cancel(job);
	assert_false(worker_idle(worker));
	gate_open(&after);
	dispatch_until_idle(worker);
	assert_int_equal(heard->items->len, before);
	assert_int_equal(heard->ends, 0);
	assert_int_equal(g_atomic_int_get(&freed), 1);
	assert_int_equal(g_atomic_int_get(&items_alive), 0);
	worker_free(worker);
	heard_free(heard);
}

static void test_cancelled_before_it_posts(void **state)
{
	struct gate started = {0}, before = {0};
	struct worker *worker = worker_new();
	struct heard *heard = heard_new();
	gint saw_cancel = 0;
	struct job *job = start(worker, heard,
		&(struct input){.count = 100,
			.started = &started,
			.before = &before,
			.saw_cancel = &saw_cancel});

	(void)state;
	gate_wait(&started);
	job_cancel(job);
	job_cancel(NULL);
	gate_open(&before);
	dispatch_until_idle(worker);
	assert_int_equal(heard->items->len, 0);
	assert_int_equal(heard->ends, 0);
	assert_int_equal(g_atomic_int_get(&saw_cancel), 1);
	assert_int_equal(g_atomic_int_get(&items_alive), 0);
	worker_free(worker);
	heard_free(heard);
}

/* Nothing is delivered but by worker_dispatch(), and worker_fd() says when. */
static void test_readable(void **state)
{
	struct worker *worker = worker_new();
	struct heard *heard = heard_new();
	struct pollfd fd = {.fd = worker_fd(worker), .events = POLLIN};
	struct gate before = {0};

	(void)state;
	assert_int_equal(poll(&fd, 1, 0), 0);
	start(worker, heard, &(struct input){.count = 3, .before = &before});
	assert_int_equal(poll(&fd, 1, 20), 0);
	assert_false(worker_idle(worker));
	gate_open(&before);
	assert_int_equal(poll(&fd, 1, 30000), 1);
	assert_int_equal(heard->items->len, 0);
	dispatch_until_idle(worker);
	assert_int_equal(heard->items->len, 3);
	assert_int_equal(poll(&fd, 1, 0), 0);
	worker_free(worker);
	heard_free(heard);
}

static void deliver_and_start(void *user, void *item)
{
	struct worker *worker = user;
	static struct heard *heard;

	if (item)
		return;
	heard = heard_new();
	start(worker, heard, &(struct input){.count = 2});
	dispatch_until_idle(worker);
	assert_int_equal(heard->items->len, 2);
	heard_free(heard);
}

/* A screen starts its next job when the last one has ended. */
static void test_start_from_delivery(void **state)
{
	struct worker *worker = worker_new();
	struct input input = {.count = 1};
	struct job_spec spec = {run, g_memdup2(&input, sizeof(input)), input_free,
		deliver_and_start, item_free, worker};

	(void)state;
	worker_start(worker, &spec);
	dispatch_until_idle(worker);
	worker_free(worker);
}

/* Freeing asks all jobs to stop, and waits until they have. */
static void test_free_waits(void **state)
{
	struct worker *worker = worker_new();
	struct heard *heard = heard_new();
	struct gate started[3] = {0};
	gint freed = 0, saw_cancel = 0;

	(void)state;
	for (int i = 0; i < 3; i++) {
		start(worker, heard,
			&(struct input){.count = 100,
				.endless = true,
				.started = &started[i],
				.freed = &freed,
				.saw_cancel = &saw_cancel});
		gate_wait(&started[i]);
	}
	worker_free(worker);
	assert_int_equal(g_atomic_int_get(&freed), 3);
	assert_int_equal(g_atomic_int_get(&saw_cancel), 1);
	assert_int_equal(heard->ends, 0);
	assert_int_equal(g_atomic_int_get(&items_alive), 0);
	worker_free(NULL);
	heard_free(heard);
}

static sigset_t mask_of_job;

static void look_at_mask(struct job *job, void *input)
{
	(void)job;
	(void)input;
	pthread_sigmask(SIG_SETMASK, NULL, &mask_of_job);
}

/* Resizing, suspending and ending are for the UI thread; a crash is told where it happens. */
static void test_signals(void **state)
{
	struct worker *worker = worker_new();
	struct heard *heard = heard_new();
	struct job_spec spec = {look_at_mask, NULL, NULL, deliver, NULL, heard};
	sigset_t before, after;

	(void)state;
	pthread_sigmask(SIG_SETMASK, NULL, &before);
	worker_start(worker, &spec);
	pthread_sigmask(SIG_SETMASK, NULL, &after);
	dispatch_until_idle(worker);
	assert_int_equal(sigismember(&mask_of_job, SIGWINCH), 1);
	assert_int_equal(sigismember(&mask_of_job, SIGTSTP), 1);
	assert_int_equal(sigismember(&mask_of_job, SIGTERM), 1);
	assert_int_equal(sigismember(&mask_of_job, SIGSEGV), 0);
	assert_int_equal(sigismember(&mask_of_job, SIGABRT), 0);
	for (int i = 1; i < 32; i++)
		assert_int_equal(sigismember(&before, i), sigismember(&after, i));
	worker_free(worker);
	heard_free(heard);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_many_jobs),
		cmocka_unit_test(test_cancel_drops),
		cmocka_unit_test(test_cancelled_before_it_posts),
		cmocka_unit_test(test_readable),
		cmocka_unit_test(test_start_from_delivery),
		cmocka_unit_test(test_free_waits),
		cmocka_unit_test(test_signals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
