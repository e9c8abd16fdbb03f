/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * espial scan: every link of messages, one JSON record a line (docs/scan-format.md). As a filter it
 * reads the names of files, and works in several processes.
 */
#include "tui/command/crew.h"
#include "tui/command/mails.h"
#include "tui/command/record.h"
#include "tui/mail/message.h"

#include <getopt.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_JOBS 256

/* A task is the path of a mail, or behind this the record to print for what cannot be read. */
#define TASK_RECORD '='

struct scan_options {
	bool from_stdin;
	char name_end;
	bool ordered;
	unsigned jobs;
};

struct scan {
	struct matcher *matcher;
	struct crew *crew;
};

/* ---- records ---- */

static json_t *failure_record(const char *file, const char *why)
{
	json_t *record = json_object();

	json_object_set_new(record, "file", record_text(file));
	json_object_set_new(record, "error", record_text(why));
	return record;
}

/* ---- tasks ---- */

static bool scan_file(const struct scan *scan, const char *path)
{
	GError *error = NULL;
	struct message *message = message_read(path, &error);

	if (!message) {
		record_print(failure_record(path, error->message));
		g_error_free(error);
		return false;
	}
	GPtrArray *verdicts = verdict_of_links(message_links(message), scan->matcher);
	for (guint i = 0; i < verdicts->len; i++)
		record_print(record_of_link(message, verdicts->pdata[i]));
	g_ptr_array_unref(verdicts);
	message_free(message);
	command_report_quarantined(scan->matcher);
	return true;
}

static bool run_task(void *user, const char *task)
{
	if (*task != TASK_RECORD)
		return scan_file(user, task);
	puts(task + 1);
	return false;
}

/* No record of a failure is ever lost: it takes no parsing. */
static void on_lost(void *user, const char *task, int status)
{
	g_autofree char *why =
		WIFSIGNALED(status)
			? g_strdup_printf("%s: the worker that read it was ended by signal %d (%s)",
				  task, WTERMSIG(status), g_strsignal(WTERMSIG(status)))
			: g_strdup_printf("%s: the worker that read it ended", task);

	(void)user;
	record_print(failure_record(task, why));
}

static void on_mail(void *user, const char *path)
{
	const struct scan *scan = user;
	g_autofree char *task = *path == TASK_RECORD ? g_strconcat("./", path, NULL) : NULL;

	crew_add(scan->crew, task ? task : path);
}

static void on_failure(void *user, const char *file, GError *error)
{
	const struct scan *scan = user;
	json_t *record = failure_record(file, error->message);
	g_autofree char *line = json_dumps(record, JSON_COMPACT);
	g_autofree char *task = g_strdup_printf("%c%s", TASK_RECORD, line);

	crew_add(scan->crew, task);
	json_decref(record);
	g_error_free(error);
}

static void on_wait(void *user, int fd)
{
	const struct scan *scan = user;

	crew_wait_for(scan->crew, fd);
}

/* ---- the command line ---- */

static void print_help(void)
{
	printf("usage: espial scan %s\n"
	       "       espial scan [OPTION…] --stdin\n\n"
	       "Prints every link of messages as JSON, one a line. What names existing files or\n"
	       "directories is read as these, all else as a query of the notmuch store.\n\n"
	       "  --stdin      read the names of files and directories from standard input, one a "
	       "line\n"
	       "  -0, --null   they end in NUL, not in a newline\n"
	       "  --jobs N     work in N processes (0: one for each processor; default 1)\n"
	       "  --ordered    with several: print records in the order of the messages\n"
	       "  --help\n\n"
	       "A file that cannot be read yields a record with an error, and exit code 1.\n",
		command_scan.usage);
}

static bool parse_jobs(const char *text, unsigned *jobs)
{
	guint64 number;

	if (!g_ascii_string_to_unsigned(text, 10, 0, MAX_JOBS, &number, NULL))
		return false;
	*jobs = number ? (unsigned)number : MIN(g_get_num_processors(), MAX_JOBS);
	return true;
}

enum { OPTION_STDIN = 1000, OPTION_JOBS, OPTION_ORDERED };

/* Returns -1 to go on, or the exit code. */
static int parse(int argc, char **argv, struct scan_options *given)
{
	static const struct option options[] = {
		{"stdin", no_argument, NULL, OPTION_STDIN},
		{"null", no_argument, NULL, '0'},
		{"jobs", required_argument, NULL, OPTION_JOBS},
		{"ordered", no_argument, NULL, OPTION_ORDERED},
		{"help", no_argument, NULL, 'h'},
		{0},
	};

	/* 0: getopt begins anew, with other options than the command line's. */
	optind = 0;
	for (int option; (option = getopt_long(argc, argv, "+0h", options, NULL)) != -1;) {
		switch (option) {
		case OPTION_STDIN:
			given->from_stdin = true;
			break;
		case '0':
			given->name_end = '\0';
			break;
		case OPTION_JOBS:
			if (parse_jobs(optarg, &given->jobs))
				break;
			g_printerr("espial: --jobs takes a number from 0 to %d\n", MAX_JOBS);
			return COMMAND_FAILED;
		case OPTION_ORDERED:
			given->ordered = true;
			break;
		case 'h':
			print_help();
			return COMMAND_OK;
		default:
			return command_usage(&command_scan);
		}
	}
	/* Either names or the list of them. */
	return given->from_stdin == (optind < argc) ? command_usage(&command_scan) : -1;
}

static int run(const struct command_options *options, int argc, char **argv)
{
	struct scan_options given = {.name_end = '\n', .jobs = 1};
	struct scan scan = {0};
	struct crew_work work = {run_task, on_lost, &scan};
	struct mails_visitor visitor = {on_mail, on_failure, on_wait, &scan};
	GError *error = NULL;
	int status = parse(argc, argv, &given);

	if (status >= 0)
		return status;
	scan.matcher = command_matcher(options);
	if (!scan.matcher)
		return COMMAND_FAILED;
	message_library_init();
	scan.crew = crew_new(given.jobs, given.ordered, &work);
	if (given.from_stdin)
		mails_visit_listed(STDIN_FILENO, given.name_end, &visitor, &error);
	else
		mails_visit(options, argc - optind, argv + optind, &visitor, &error);
	status = crew_finish(scan.crew) ? COMMAND_OK : COMMAND_NO;
	matcher_unref(scan.matcher);
	return error ? command_error(error) : status;
}

const struct command command_scan = {.name = "scan",
	.usage = "[OPTION…] QUERY | FILE… | DIR…",
	.help = "print every link of messages as JSON, one a line",
	.run = run};
