/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/report/deliver.h"

#include "rules/error.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define WAIT_USEC 20000
#define COMPLAINT_MAX 300

/* ---- files ---- */

static bool write_all(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t wrote = write(fd, text, len);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return false;
		text += wrote;
		len -= (size_t)wrote;
	}
	return true;
}

static void set_error(GError **error, const char *path)
{
	int code = errno;

	g_set_error(error, ESPIAL_ERROR, code == EEXIST ? ESPIAL_ERROR_CONFLICT : ESPIAL_ERROR_IO,
		"%s: %s", path,
		code == EEXIST ? "there is such a file: move it away" : g_strerror(code));
}

/* A file that was not written whole is none. */
bool deliver_file(const char *path, const char *text, GError **error)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool good;

	if (fd < 0) {
		set_error(error, path);
		return false;
	}
	good = write_all(fd, text, strlen(text));
	good &= close(fd) == 0;
	if (!good) {
		set_error(error, path);
		unlink(path);
	}
	return good;
}

bool deliver_files(const char *prefix, const struct report *report, GError **error)
{
	static const char *const endings[] = {".txt", ".eml", ".json"};
	const char *const forms[] = {report->text, report->arf, report->xarf};
	size_t done = 0;
	bool good = true;

	for (; good && done < G_N_ELEMENTS(forms); done += good) {
		g_autofree char *path = g_strconcat(prefix, endings[done], NULL);

		good = !forms[done] || deliver_file(path, forms[done], error);
	}
	while (!good && done-- > 0) {
		g_autofree char *path = g_strconcat(prefix, endings[done], NULL);

		if (forms[done])
			unlink(path);
	}
	return good;
}

/* ---- the mail system ---- */

struct delivery {
	GPid pid;
	int input, complaints; /* files without a name */
};

/* A file without a name: -1 with an error. */
static int scratch_file(GError **error)
{
	g_autofree char *path = NULL;
	int fd = g_file_open_tmp("espial-mail-XXXXXX", &path, error);

	if (fd >= 0) {
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		unlink(path);
	}
	return fd;
}

static bool prepare(struct delivery *delivery, const char *mail, GError **error)
{
	delivery->input = scratch_file(error);
	if (delivery->input < 0)
		return false;
	if (!write_all(delivery->input, mail, strlen(mail)) ||
		lseek(delivery->input, 0, SEEK_SET) != 0) {
		set_error(error, "mail");
		return false;
	}
	delivery->complaints = scratch_file(error);
	return delivery->complaints >= 0;
}

static bool start(struct delivery *delivery, char **argv, GError **error)
{
	GError *failed = NULL;

	if (g_spawn_async_with_fds(NULL, argv, NULL,
		    G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL,
		    NULL, NULL, &delivery->pid, delivery->input, -1, delivery->complaints, &failed))
		return true;
	g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_NOT_FOUND, "%s: espial.sendmail: %s", argv[0],
		failed->message);
	g_error_free(failed);
	return false;
}

/* Its status; -1: it took too long, and was ended. */
static int wait_for(GPid pid, unsigned seconds)
{
	gint64 deadline = g_get_monotonic_time() + (gint64)seconds * G_USEC_PER_SEC;
	int status;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (g_get_monotonic_time() > deadline) {
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			return -1;
		}
		g_usleep(WAIT_USEC);
	}
	return status;
}

/* The first of what it said; the caller frees it with g_free(). */
static char *complaint_of(const struct delivery *delivery)
{
	char text[COMPLAINT_MAX + 1] = "";
	ssize_t len = pread(delivery->complaints, text, COMPLAINT_MAX, 0);

	text[MAX(len, 0)] = '\0';
	text[strcspn(text, "\r\n")] = '\0';
	return g_utf8_make_valid(text, -1);
}

static bool judge(const struct delivery *delivery, const char *name, int status, GError **error)
{
	g_autofree char *complaint = complaint_of(delivery);

	if (status == 0)
		return true;
	if (status < 0)
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_IO, "%s: took too long", name);
	else if (WIFSIGNALED(status))
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_IO, "%s: ended by signal %d", name,
			WTERMSIG(status));
	else
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_IO, "%s: exit status %d%s%s", name,
			WEXITSTATUS(status), *complaint ? ": " : "", complaint);
	return false;
}

bool deliver_mail(const char *command, const char *mail, unsigned seconds, GError **error)
{
	struct delivery delivery = {.input = -1, .complaints = -1};
	g_auto(GStrv) argv = NULL;
	GError *failed = NULL;
	bool good = false;

	if (!g_shell_parse_argv(command, NULL, &argv, &failed)) {
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_INVALID, "espial.sendmail: %s",
			failed->message);
		g_error_free(failed);
		return false;
	}
	if (prepare(&delivery, mail, error) && start(&delivery, argv, error))
		good = judge(&delivery, argv[0], wait_for(delivery.pid, seconds), error);
	if (delivery.input >= 0)
		close(delivery.input);
	if (delivery.complaints >= 0)
		close(delivery.complaints);
	return good;
}
