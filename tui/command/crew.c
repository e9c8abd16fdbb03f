/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/command/crew.h"

#include "tui/command/command.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Tasks that a worker has at hand, so that it never waits for the next. */
#define TASKS_EACH 8
#define CHUNK ((size_t)64 * 1024)

/* What ends the lines of a task. */
enum { TASK_GOOD = '\0', TASK_FAILED = '\1' };

struct hand {
	pid_t pid;       /* 0: gone */
	bool deaf;       /* it takes no more tasks: it is dead, as the end of its lines will tell */
	int tasks;       /* a socket, so that a dead worker is an error and not a signal */
	int lines;       /* a pipe */
	GQueue queue;    /* of char *: the tasks it has, the current one first */
	GString *unsent; /* of these tasks, each with its NUL */
	GString *got;    /* of its lines, not passed on yet */
};

struct crew {
	struct crew_work work;
	bool ordered;
	struct hand *hands;
	size_t count;
	struct pollfd *waiting; /* for the lines of each, for the tasks of each, for one more */
	GQueue order;           /* of struct hand *, one for each task; only where it is kept */
	struct hand *current;   /* whose lines are being passed on; NULL between tasks */
	bool failed;
};

/* ---- output ---- */

/* A reader that went away is no error to speak of: `espial scan … | head`. */
static void check_output(void)
{
	if (!ferror(stdout))
		return;
	if (errno != EPIPE)
		g_printerr("espial: standard output: %s\n", g_strerror(errno));
	exit(COMMAND_FAILED);
}

static void pass_on(struct hand *hand, size_t len)
{
	if (len)
		fwrite(hand->got->str, 1, len, stdout);
	check_output();
	g_string_erase(hand->got, 0, (gssize)len);
}

/* ---- in the worker ---- */

static void work(const struct crew *crew, int tasks)
{
	FILE *from = fdopen(tasks, "r");
	char *task = NULL;
	size_t size = 0;

	while (from && getdelim(&task, &size, '\0', from) > 0) {
		putchar(crew->work.run(crew->work.user, task) ? TASK_GOOD : TASK_FAILED);
		if (fflush(stdout) != 0)
			break;
	}
	_exit(0);
}

/* The ends that belong to others would keep their pipes open. */
static void close_others(const struct crew *crew)
{
	for (size_t i = 0; i < crew->count; i++) {
		if (!crew->hands[i].pid)
			continue;
		close(crew->hands[i].tasks);
		close(crew->hands[i].lines);
	}
}

/* ---- workers ---- */

static bool start(struct crew *crew, struct hand *hand)
{
	int tasks[2], lines[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, tasks) != 0)
		return false;
	if (pipe(lines) != 0) {
		close(tasks[0]);
		close(tasks[1]);
		return false;
	}
	fflush(stdout);
	check_output();
	pid_t pid = fork();
	if (pid == 0) {
		close_others(crew);
		close(tasks[0]);
		close(lines[0]);
		dup2(lines[1], STDOUT_FILENO);
		close(lines[1]);
		work(crew, tasks[1]);
	}
	close(tasks[1]);
	close(lines[1]);
	hand->tasks = tasks[0];
	hand->lines = lines[0];
	hand->pid = MAX(pid, 0);
	hand->deaf = false;
	if (hand->pid)
		return true;
	close(tasks[0]);
	close(lines[0]);
	return false;
}

/* Returns the wait status. */
static int stop(struct hand *hand)
{
	int status = 0;

	close(hand->tasks);
	close(hand->lines);
	while (waitpid(hand->pid, &status, 0) < 0 && errno == EINTR)
		;
	hand->pid = 0;
	return status;
}

struct crew *crew_new(unsigned workers, bool ordered, const struct crew_work *work_to_do)
{
	struct crew *crew = g_new0(struct crew, 1);

	crew->work = *work_to_do;
	crew->ordered = ordered;
	crew->count = workers > 1 ? workers : 0;
	crew->hands = g_new0(struct hand, crew->count);
	crew->waiting = g_new0(struct pollfd, crew->count * 2 + 1);
	for (size_t i = 0; i < crew->count; i++) {
		crew->hands[i].unsent = g_string_new(NULL);
		crew->hands[i].got = g_string_new(NULL);
	}
	return crew;
}

/* ---- lines ---- */

static void run_here(struct crew *crew, const char *task)
{
	if (!crew->work.run(crew->work.user, task))
		crew->failed = true;
	check_output();
}

static void end_task(struct crew *crew, struct hand *hand)
{
	g_free(g_queue_pop_head(&hand->queue));
	if (crew->ordered)
		g_queue_pop_head(&crew->order);
	crew->current = NULL;
}

static size_t task_length(const GString *got)
{
	size_t len = 0;

	while (len < got->len && (guchar)got->str[len] > TASK_FAILED)
		len++;
	return len;
}

/* Passes on what there is of the task at hand; true where that was its end. */
static bool pass_task_on(struct crew *crew, struct hand *hand)
{
	size_t len = task_length(hand->got);
	const char *last;

	if (len < hand->got->len) {
		crew->failed |= hand->got->str[len] == TASK_FAILED;
		pass_on(hand, len);
		g_string_erase(hand->got, 0, 1);
		end_task(crew, hand);
		return true;
	}
	/* Whole lines only: the worker may yet die. */
	last = len ? memrchr(hand->got->str, '\n', len) : NULL;
	if (last) {
		crew->current = hand;
		pass_on(hand, (size_t)(last + 1 - hand->got->str));
	}
	return false;
}

static void send_tasks(struct hand *hand)
{
	while (hand->unsent->len && !hand->deaf) {
		ssize_t count = send(hand->tasks, hand->unsent->str, hand->unsent->len,
			MSG_NOSIGNAL | MSG_DONTWAIT);

		if (count < 0 && errno == EAGAIN)
			return;
		hand->deaf = count < 0 && errno != EINTR;
		g_string_erase(hand->unsent, 0, MAX(count, 0));
	}
}

static void hand_over(struct hand *hand, const char *task)
{
	g_string_append_len(hand->unsent, task, (gssize)strlen(task) + 1);
}

static void must_start(struct crew *crew, struct hand *hand)
{
	if (start(crew, hand))
		return;
	g_printerr("espial: no new worker: %s\n", g_strerror(errno));
	exit(COMMAND_FAILED);
}

static bool has_begun(const struct hand *hand)
{
	return hand->queue.length && hand->unsent->len < strlen(hand->queue.head->data) + 1;
}

/* The task it died of is lost; the others go to a new worker. */
static void mourn(struct crew *crew, struct hand *hand)
{
	bool begun = has_begun(hand);
	int status = stop(hand);

	g_string_truncate(hand->got, 0);
	g_string_truncate(hand->unsent, 0);
	if (begun) {
		crew->failed = true;
		crew->work.lost(crew->work.user, hand->queue.head->data, status);
		check_output();
		end_task(crew, hand);
	}
	if (hand->queue.length)
		must_start(crew, hand);
	for (const GList *task = hand->queue.head; task; task = task->next)
		hand_over(hand, task->data);
	send_tasks(hand);
}

static void read_lines(struct crew *crew, struct hand *hand)
{
	size_t had = hand->got->len;
	ssize_t count;

	g_string_set_size(hand->got, had + CHUNK);
	do
		count = read(hand->lines, hand->got->str + had, CHUNK);
	while (count < 0 && errno == EINTR);
	g_string_set_size(hand->got, had + (size_t)MAX(count, 0));
	if (count <= 0)
		mourn(crew, hand);
}

/* Whether lines of this worker may be passed on now. */
static bool is_due(const struct crew *crew, const struct hand *hand)
{
	if (!hand->queue.length)
		return false;
	if (crew->current)
		return crew->current == hand;
	return !crew->ordered || (crew->order.head && crew->order.head->data == hand);
}

/* Passes on what was read and is due; false where that is nothing. */
static bool pass_due(struct crew *crew)
{
	bool any = false;

	for (size_t i = 0; i < crew->count; i++)
		while (is_due(crew, &crew->hands[i]) && pass_task_on(crew, &crew->hands[i]))
			any = true;
	return any;
}

static struct pollfd lines_of(const struct crew *crew, const struct hand *hand)
{
	return (struct pollfd){is_due(crew, hand) ? hand->lines : -1, POLLIN, 0};
}

static struct pollfd tasks_of(const struct hand *hand)
{
	return (struct pollfd){hand->unsent->len && !hand->deaf ? hand->tasks : -1, POLLOUT, 0};
}

/* Waits for something to pass on or to send, or until `fd` (or -1) can be read; returns whether it
 * can. */
static bool receive(struct crew *crew, int fd)
{
	struct pollfd *lines = crew->waiting, *tasks = lines + crew->count;
	struct pollfd *other = tasks + crew->count;

	if (pass_due(crew))
		return false;
	for (size_t i = 0; i < crew->count; i++) {
		lines[i] = lines_of(crew, &crew->hands[i]);
		tasks[i] = tasks_of(&crew->hands[i]);
	}
	*other = (struct pollfd){fd, POLLIN, 0};
	if (poll(crew->waiting, crew->count * 2 + 1, -1) < 0)
		return false;
	for (size_t i = 0; i < crew->count; i++) {
		if (tasks[i].revents)
			send_tasks(&crew->hands[i]);
		if (lines[i].revents && is_due(crew, &crew->hands[i])) {
			read_lines(crew, &crew->hands[i]);
			pass_task_on(crew, &crew->hands[i]);
		}
	}
	return other->revents != 0;
}

/* ---- tasks ---- */

static struct hand *idlest(struct crew *crew)
{
	struct hand *best = &crew->hands[0];

	for (size_t i = 1; i < crew->count; i++)
		if (crew->hands[i].queue.length < best->queue.length)
			best = &crew->hands[i];
	return best;
}

void crew_add(struct crew *crew, const char *task)
{
	struct hand *hand;

	if (!crew->count) {
		run_here(crew, task);
		return;
	}
	while ((hand = idlest(crew))->queue.length >= TASKS_EACH)
		receive(crew, -1);
	if (!hand->pid)
		must_start(crew, hand);
	g_queue_push_tail(&hand->queue, g_strdup(task));
	if (crew->ordered)
		g_queue_push_tail(&crew->order, hand);
	hand_over(hand, task);
	send_tasks(hand);
}

static bool is_busy(const struct crew *crew)
{
	for (size_t i = 0; i < crew->count; i++)
		if (crew->hands[i].queue.length)
			return true;
	return false;
}

void crew_wait_for(struct crew *crew, int fd)
{
	bool ready = false;

	while (!ready && is_busy(crew)) {
		struct pollfd now = {fd, POLLIN, 0};

		if (poll(&now, 1, 0) != 0)
			return;
		fflush(stdout);
		check_output();
		ready = receive(crew, fd);
	}
	fflush(stdout);
	check_output();
}

bool crew_finish(struct crew *crew)
{
	bool good;

	while (is_busy(crew))
		receive(crew, -1);
	for (size_t i = 0; i < crew->count; i++) {
		if (crew->hands[i].pid)
			stop(&crew->hands[i]);
		g_string_free(crew->hands[i].unsent, TRUE);
		g_string_free(crew->hands[i].got, TRUE);
	}
	fflush(stdout);
	check_output();
	good = !crew->failed;
	g_free(crew->hands);
	g_free(crew->waiting);
	g_free(crew);
	return good;
}
