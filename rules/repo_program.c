/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/repo_program.h"

#include "rules/error.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long it is waited before `stop` is asked again. */
#define STEP_MS 50
/* From being asked to end until being made to. */
#define GRACE_MS 2000
/* What both pipes can hold, 64 KiB each, and their ends. */
#define PIPE_READS (2 * (65536 / 8192 + 1))

void repo_program_child(gpointer data)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (data)
		setsid();
}

/* ---- one that runs ---- */

struct running {
	const struct repo_program *program;
	struct repo_ran *ran;
	GPid pid;
	int out, err; /* to read from; -1 when at its end */
};

/* A file in memory, so that a program that does not read its input blocks nobody. */
static int input_file(const struct repo_program *program)
{
	int fd = memfd_create("input", MFD_CLOEXEC);

	for (size_t at = 0; fd >= 0 && at < program->input_len;) {
		ssize_t wrote = write(fd, program->input + at, program->input_len - at);

		if (wrote > 0) {
			at += (size_t)wrote;
		} else if (errno != EINTR) {
			close(fd);
			return -1;
		}
	}
	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	return fd;
}

static bool start(struct running *running, GError **error)
{
	const struct repo_program *program = running->program;
	GError *failed = NULL;
	int input = input_file(program);

	if (input >= 0)
		g_spawn_async_with_pipes_and_fds(program->dir, program->argv,
			(const char *const *)program->environment,
			G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, repo_program_child,
			GINT_TO_POINTER(program->no_terminal), input, -1, -1, NULL, NULL, 0,
			&running->pid, NULL, &running->out, &running->err, &failed);
	if (input < 0 || failed)
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_IO, "%s cannot be run: %s",
			program->argv[0], failed ? failed->message : g_strerror(errno));
	if (input >= 0)
		close(input);
	if (!failed)
		return input >= 0;
	g_error_free(failed);
	return false;
}

/* What is beyond the limit is read and forgotten. */
static void read_some(int *fd, GString *into)
{
	char bytes[8192];
	ssize_t count = read(*fd, bytes, sizeof(bytes));

	if (count > 0) {
		size_t room = REPO_PROGRAM_OUTPUT_MAX - into->len;

		g_string_append_len(into, bytes, (gssize)MIN((size_t)count, room));
	} else if (count == 0 || errno != EINTR) {
		close(*fd);
		*fd = -1;
	}
}

/* Whether there was anything. */
static bool read_both(struct running *running, int wait_ms)
{
	struct pollfd fds[] = {{running->out, POLLIN, 0}, {running->err, POLLIN, 0}};

	if (poll(fds, 2, wait_ms) <= 0)
		return false;
	if (fds[0].revents)
		read_some(&running->out, running->ran->output);
	if (fds[1].revents)
		read_some(&running->err, running->ran->errors);
	return true;
}

/* One without a terminal leads a group: all that it started ends, too. */
static void end(const struct running *running, int with)
{
	kill(running->program->no_terminal ? -running->pid : running->pid, with);
}

static bool must_end(const struct running *running, gint64 deadline, GError **error)
{
	const struct repo_program *program = running->program;

	if (program->stop && program->stop(program->user)) {
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_CANCELLED, "%s was cancelled",
			program->argv[0]);
		return true;
	}
	if (!program->timeout_ms || g_get_monotonic_time() < deadline)
		return false;
	g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_LIMIT, "%s took longer than %u s",
		program->argv[0], program->timeout_ms / 1000);
	return true;
}

/* A program may leave others behind that hold its pipes: its own end counts. What it had written by
 * then is in them. */
static bool has_ended(struct running *running)
{
	if (waitpid(running->pid, &running->ran->status, WNOHANG) != running->pid)
		return false;
	for (int i = 0; i < PIPE_READS && read_both(running, 0); i++)
		;
	return true;
}

static void make_end(struct running *running)
{
	gint64 deadline = g_get_monotonic_time() + GRACE_MS * 1000;

	end(running, SIGTERM);
	while (!has_ended(running)) {
		if (g_get_monotonic_time() > deadline)
			end(running, SIGKILL);
		read_both(running, STEP_MS);
	}
}

/* Closed pipes are no end yet; without them, poll() only waits. */
static bool run_on(struct running *running, GError **error)
{
	gint64 deadline = g_get_monotonic_time() + (gint64)running->program->timeout_ms * 1000;
	int wait_ms = 1;

	while (!has_ended(running)) {
		if (must_end(running, deadline, error)) {
			make_end(running);
			return false;
		}
		read_both(running, wait_ms);
		wait_ms = MIN(2 * wait_ms, STEP_MS);
	}
	return true;
}

bool repo_program_run(const struct repo_program *program, struct repo_ran *ran, GError **error)
{
	struct running running = {program, ran, 0, -1, -1};
	bool good;

	*ran = (struct repo_ran){0, g_string_new(NULL), g_string_new(NULL)};
	if (!start(&running, error))
		return false;
	good = run_on(&running, error);
	if (running.out >= 0)
		close(running.out);
	if (running.err >= 0)
		close(running.err);
	g_spawn_close_pid(running.pid);
	return good;
}

void repo_ran_clear(struct repo_ran *ran)
{
	if (ran->output)
		g_string_free(ran->output, TRUE);
	if (ran->errors)
		g_string_free(ran->errors, TRUE);
	*ran = (struct repo_ran){0};
}

bool repo_ran_well(const struct repo_ran *ran)
{
	return WIFEXITED(ran->status) && WEXITSTATUS(ran->status) == 0;
}

char *repo_last_line(const char *text)
{
	g_auto(GStrv) lines = g_strsplit_set(text, "\r\n", -1);

	for (guint i = g_strv_length(lines); i-- > 0;)
		if (*g_strstrip(lines[i]))
			return g_strdup(lines[i]);
	return g_strdup("");
}

/* ---- the terminal ---- */

static struct {
	void (*before)(const char *what);
	void (*after)(void);
	GThread *owner;
} terminal;

void repo_program_set_terminal(void (*before)(const char *what), void (*after)(void))
{
	terminal.before = before;
	terminal.after = after;
	terminal.owner = g_thread_self();
}

bool repo_program_take_terminal(const char *what)
{
	if (!terminal.owner)
		return true;
	if (terminal.owner != g_thread_self())
		return false;
	if (terminal.before)
		terminal.before(what);
	return true;
}

void repo_program_give_terminal(bool taken)
{
	if (taken && terminal.owner == g_thread_self() && terminal.after)
		terminal.after();
}
