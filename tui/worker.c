/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/worker.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

struct job {
	struct worker *worker;
	struct job_spec spec;
	GThread *thread;
	gint cancelled; /* atomic */
};

struct delivery {
	struct job *job;
	void *item; /* NULL: the job has ended */
};

struct worker {
	GAsyncQueue *queue; /* of struct delivery */
	GPtrArray *jobs;    /* running, of struct job; UI thread only */
	int pipe[2];
};

struct worker *worker_new(void)
{
	struct worker *worker = g_new0(struct worker, 1);

	worker->queue = g_async_queue_new();
	worker->jobs = g_ptr_array_new();
	if (!g_unix_open_pipe(worker->pipe, FD_CLOEXEC, NULL))
		g_error("no pipe for the worker: too many open files");
	g_unix_set_fd_nonblocking(worker->pipe[0], TRUE, NULL);
	g_unix_set_fd_nonblocking(worker->pipe[1], TRUE, NULL);
	return worker;
}

static void post(struct job *job, void *item)
{
	struct delivery *delivery = g_new(struct delivery, 1);

	delivery->job = job;
	delivery->item = item;
	g_async_queue_push(job->worker->queue, delivery);
	/* A full pipe already says what a further byte would. */
	if (write(job->worker->pipe[1], "", 1) < 0)
		return;
}

static gpointer run(gpointer data)
{
	struct job *job = data;

	job->spec.run(job, job->spec.input);
	if (job->spec.free_input)
		job->spec.free_input(job->spec.input);
	post(job, NULL);
	return NULL;
}

/* Signals are for the UI thread: a resize is to wake its poll(), and only there may curses suspend
 * the terminal. A crash is where it happens. */
static GThread *start_thread(struct job *job)
{
	static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
	sigset_t mask, before;
	GThread *thread;

	sigfillset(&mask);
	for (size_t i = 0; i < G_N_ELEMENTS(crashes); i++)
		sigdelset(&mask, crashes[i]);
	pthread_sigmask(SIG_SETMASK, &mask, &before);
	thread = g_thread_new("job", run, job);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return thread;
}

struct job *worker_start(struct worker *worker, const struct job_spec *spec)
{
	struct job *job = g_new0(struct job, 1);

	job->worker = worker;
	job->spec = *spec;
	g_ptr_array_add(worker->jobs, job);
	job->thread = start_thread(job);
	return job;
}

void job_cancel(struct job *job)
{
	if (job)
		g_atomic_int_set(&job->cancelled, 1);
}

bool job_cancelled(const struct job *job)
{
	return g_atomic_int_get(&job->cancelled);
}

bool job_stops(void *job)
{
	return job_cancelled(job);
}

void job_post(struct job *job, void *item)
{
	post(job, item);
}

int worker_fd(const struct worker *worker)
{
	return worker->pipe[0];
}

static void job_end(struct worker *worker, struct job *job)
{
	g_thread_join(job->thread);
	g_ptr_array_remove(worker->jobs, job);
	if (!job_cancelled(job))
		job->spec.deliver(job->spec.user, NULL);
	g_free(job);
}

bool worker_dispatch(struct worker *worker)
{
	struct delivery *delivery;
	bool any = false;
	char drain[64];

	while (read(worker->pipe[0], drain, sizeof(drain)) > 0)
		;
	while ((delivery = g_async_queue_try_pop(worker->queue))) {
		struct job *job = delivery->job;

		if (!delivery->item) {
			job_end(worker, job);
		} else {
			if (!job_cancelled(job))
				job->spec.deliver(job->spec.user, delivery->item);
			if (job->spec.free_item)
				job->spec.free_item(delivery->item);
		}
		g_free(delivery);
		any = true;
	}
	return any;
}

bool worker_idle(struct worker *worker)
{
	return worker->jobs->len == 0 && g_async_queue_length(worker->queue) <= 0;
}

void worker_free(struct worker *worker)
{
	if (!worker)
		return;
	for (guint i = 0; i < worker->jobs->len; i++)
		job_cancel(worker->jobs->pdata[i]);
	while (worker->jobs->len) {
		struct pollfd wait = {.fd = worker->pipe[0], .events = POLLIN};

		poll(&wait, 1, 100);
		worker_dispatch(worker);
	}
	g_async_queue_unref(worker->queue);
	g_ptr_array_unref(worker->jobs);
	close(worker->pipe[0]);
	close(worker->pipe[1]);
	g_free(worker);
}
