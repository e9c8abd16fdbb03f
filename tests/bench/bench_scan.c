/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the scan of a mail costs, step by step, against parsing it with GMime alone; what several
 * workers bring; the memory that a scan takes.
 */
#include "rules/ruleset.h"
#include "tests/bench/bench.h"
#include "tui/command/record.h"
#include "tui/mail/html.h"
#include "tui/mail/html_tree.h"

#include <fcntl.h>
#include <gmime/gmime.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs of `espial scan`, each with one worker and with two. */
#define PROCESS_RUNS 5

struct corpus {
	GPtrArray *paths; /* of char * */
	GPtrArray *pages; /* of GString *: the HTML parts */
	size_t bytes, page_bytes;
	struct matcher *matcher;
};

/* ---- the corpus ---- */

static void add_files(GPtrArray *paths, const char *dir)
{
	GDir *open = g_dir_open(dir, 0, NULL);

	for (const char *name; open && (name = g_dir_read_name(open));) {
		g_autofree char *path = g_build_filename(dir, name, NULL);

		if (g_file_test(path, G_FILE_TEST_IS_DIR))
			add_files(paths, path);
		else
			g_ptr_array_add(paths, g_steal_pointer(&path));
	}
	if (open)
		g_dir_close(open);
}

static void add_pages(struct corpus *corpus, const struct message *message)
{
	const GPtrArray *parts = message_parts(message);

	for (guint i = 0; i < parts->len; i++) {
		const struct message_part *part = parts->pdata[i];

		if (!part->text || strcmp(part->type, "text/html") != 0)
			continue;
		g_ptr_array_add(
			corpus->pages, g_string_new_len(part->text->str, (gssize)part->text->len));
		corpus->page_bytes += part->text->len;
	}
}

/* What is no mail is left out. */
static void load(struct corpus *corpus, const char *dir)
{
	g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);

	add_files(files, dir);
	for (guint i = 0; i < files->len; i++) {
		g_autofree char *bytes = NULL;
		gsize len;
		struct message *message = message_read(files->pdata[i], NULL);

		if (!message || !g_file_get_contents(files->pdata[i], &bytes, &len, NULL))
			continue;
		corpus->bytes += len;
		add_pages(corpus, message);
		g_ptr_array_add(corpus->paths, g_strdup(files->pdata[i]));
		message_free(message);
	}
}

/* ---- steps ---- */

static void parse_with_gmime(const char *path)
{
	char *bytes;
	gsize len;

	if (!g_file_get_contents(path, &bytes, &len, NULL))
		return;
	GMimeStream *stream =
		g_mime_stream_mem_new_with_byte_array(g_byte_array_new_take((guint8 *)bytes, len));
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);

	if (message)
		g_object_unref(message);
	g_object_unref(parser);
	g_object_unref(stream);
}

static void run_gmime(void *user)
{
	const struct corpus *corpus = user;

	for (guint i = 0; i < corpus->paths->len; i++)
		parse_with_gmime(corpus->paths->pdata[i]);
}

static void run_html(void *user)
{
	const struct corpus *corpus = user;
	gint64 deadline = g_get_monotonic_time() + 60 * G_USEC_PER_SEC;

	for (guint i = 0; i < corpus->pages->len; i++)
		html_tree_free(html_tree_parse(
			span_from_string(corpus->pages->pdata[i]), HTML_MAX_DEPTH, deadline));
}

static void run_links(void *user)
{
	const struct corpus *corpus = user;

	for (guint i = 0; i < corpus->paths->len; i++)
		message_free(message_read(corpus->paths->pdata[i], NULL));
}

static void scan(const char *path, struct matcher *matcher)
{
	struct message *message = message_read(path, NULL);
	GPtrArray *verdicts = verdict_of_links(message_links(message), matcher);

	for (guint i = 0; i < verdicts->len; i++)
		record_print(record_of_link(message, verdicts->pdata[i]));
	g_ptr_array_unref(verdicts);
	message_free(message);
}

/* Its records go to /dev/null. */
static void run_scan(void *user)
{
	const struct corpus *corpus = user;
	int null = open("/dev/null", O_WRONLY), out = dup(STDOUT_FILENO);

	fflush(stdout);
	dup2(null, STDOUT_FILENO);
	for (guint i = 0; i < corpus->paths->len; i++)
		scan(corpus->paths->pdata[i], corpus->matcher);
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	close(out);
	close(null);
}

/* ---- processes ---- */

struct run {
	double seconds; /* wall time */
	double mib;     /* of the largest of its processes */
};

static struct run run_espial(const char *program, const char *dir, const char *jobs)
{
	struct rusage usage;
	gint64 start = g_get_monotonic_time();
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, STDOUT_FILENO);
		execl(program, program, "--ruleset", "rules/catalogue", "scan", "--jobs", jobs, dir,
			(char *)NULL);
		_exit(127);
	}
	wait4(pid, NULL, 0, &usage);
	return (struct run){(double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC,
		(double)usage.ru_maxrss / 1024};
}

static void print_processes(const char *dir)
{
	const char *build = g_getenv("BUILD");
	g_autofree char *program = g_build_filename(build ? build : "build", "espial", NULL);
	double one[PROCESS_RUNS], two[PROCESS_RUNS], ratio[PROCESS_RUNS], mib = 0, load[1] = {0};

	for (unsigned i = 0; i < PROCESS_RUNS; i++) {
		struct run run = run_espial(program, dir, "1");

		one[i] = run.seconds;
		mib = MAX(mib, run.mib);
		two[i] = run_espial(program, dir, "2").seconds;
		ratio[i] = one[i] / two[i];
	}
	getloadavg(load, 1);
	printf("  %-44s %11.2f s, with two workers %.2f s: %.2f times as fast (load %.1f)\n",
		"espial scan, start and all, wall time", bench_median(one, PROCESS_RUNS),
		bench_median(two, PROCESS_RUNS), bench_median(ratio, PROCESS_RUNS), load[0]);
	printf("  %-44s %11.0f MiB\n", "peak memory of espial scan", mib);
}

int main(void)
{
	const char *dir = g_getenv("CORPUS");
	struct corpus corpus = {g_ptr_array_new(), g_ptr_array_new(), 0, 0, NULL};

	message_library_init();
	load(&corpus, dir ? dir : "tests/fixtures/demo");
	struct problems *problems = problems_new();
	struct ruleset *ruleset = ruleset_load("rules/catalogue", problems, NULL);
	corpus.matcher = matcher_new(ruleset);

	double mails = corpus.paths->len;
	struct bench_case cases[] = {
		{"GMime alone (open, read, parse)", "mails", mails, run_gmime, &corpus, {0}},
		{"HTML parser alone", "mails", mails, run_html, &corpus, {0}},
		{"mail: open, MIME, charset, HTML, links", "mails", mails, run_links, &corpus, {0}},
		{"scan: all that, match, decode, records", "mails", mails, run_scan, &corpus, {0}},
	};

	printf("  %.0f mails, %.1f MB; %u HTML parts, %.1f MB\n", mails, (double)corpus.bytes / 1e6,
		corpus.pages->len, (double)corpus.page_bytes / 1e6);
	bench_time(cases, G_N_ELEMENTS(cases));
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		bench_print(&cases[i]);
	printf("  %-44s %11.1f MB/s of HTML\n", "HTML parser alone",
		(double)corpus.page_bytes / 1e6 / bench_median(cases[1].seconds, BENCH_RUNS));
	printf("  %-44s %11.2f\n", "scan / GMime alone", bench_ratio(&cases[3], &cases[0]));
	printf("  %-44s %11.2f\n", "scan / (GMime + HTML parser)",
		bench_median(cases[3].seconds, BENCH_RUNS) /
			(bench_median(cases[0].seconds, BENCH_RUNS) +
				bench_median(cases[1].seconds, BENCH_RUNS)));
	print_processes(dir ? dir : "tests/fixtures/demo");
	matcher_unref(corpus.matcher);
	ruleset_unref(ruleset);
	problems_free(problems);
	return 0;
}
