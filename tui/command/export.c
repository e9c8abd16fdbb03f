/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * espial rules export: rules and evidence as files for other programs (docs/exports.md).
 */
#include "tui/command/export.h"

#include "rules/export/export.h"
#include "tui/command/indexed.h"
#include "tui/index/evidence.h"
#include "tui/paths.h"
#include "tui/widget/shown.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>

#define MIN_MESSAGES 3

static const char usage[] = "[OPTION…] TARGET";

struct export_options {
	const struct export_target *target;
	const char *output, *query;
	unsigned min_messages;
	bool off_network, evidence, quiet;
	GPtrArray *allow; /* of const char *, paths */
	struct export_input input;
};

/* ---- evidence ---- */

/* What is allowed must be known whole: false where a file cannot be read, or says what is no
 * domain.
 */
static bool add_allowed(struct allow *allow, const char *path, GError **error)
{
	struct problems *problems = problems_new();
	g_autofree char *text = NULL;
	gsize len;
	bool good = g_file_get_contents(path, &text, &len, error);

	if (good) {
		struct suffixes *list = suffixes_read(text, len, path, problems);

		allow_add(allow, list, path);
		suffixes_unref(list);
	}
	for (guint i = 0; i < problems->list->len; i++) {
		g_autofree char *problem = problem_text(problems->list->pdata[i]);
		g_autofree char *safe = shown_plain(problem);

		g_printerr("espial: %s\n", safe);
		good = false;
	}
	problems_free(problems);
	return good;
}

static struct allow *read_allow(
	const struct export_options *given, const struct ruleset *ruleset, GError **error)
{
	struct allow *allow = allow_new(ruleset);

	for (guint i = 0; i < given->allow->len; i++)
		if (!add_allowed(allow, given->allow->pdata[i], error)) {
			allow_free(allow);
			return NULL;
		}
	return allow;
}

/* Without a query, mail that was labelled counts: an analyst has looked at it. */
static struct evidence *read_evidence(
	const struct export_options *given, const struct indexed *indexed, GError **error)
{
	g_autofree char *labelled = g_strdup_printf("tag:\"%s\"", indexed->settings->tag_tracker);
	const char *query = given->query ? given->query : labelled;
	g_autoptr(GPtrArray) ids = store_query_ids(indexed->store, query, NULL, NULL, error);
	struct evidence *evidence = evidence_new(query, given->min_messages, given->off_network);

	if (ids && index_evidence(indexed->index, ids, evidence, error))
		return evidence;
	evidence_free(evidence);
	return NULL;
}

static struct evidence *gather(const struct export_options *given, const struct indexed *indexed,
	struct problems *left_out, GError **error)
{
	struct allow *allow = read_allow(given, matcher_ruleset(indexed->matcher), error);
	struct evidence *evidence = allow ? read_evidence(given, indexed, error) : NULL;

	if (evidence)
		evidence_settle(evidence, allow, left_out);
	allow_free(allow);
	return evidence;
}

/* ---- writing ---- */

static bool write_file(const char *dir, const struct export_file *file, GError **error)
{
	g_autofree char *path = g_build_filename(dir, file->name, NULL);

	return g_file_set_contents(path, file->text->str, (gssize)file->text->len, error);
}

static bool write_files(
	const struct export_options *given, const struct export *export, GError **error)
{
	bool good = true;

	if (!given->output) {
		const struct export_file *file = export->files->pdata[0];

		return fwrite(file->text->str, 1, file->text->len, stdout) == file->text->len &&
		       fflush(stdout) == 0;
	}
	if (g_mkdir_with_parents(given->output, 0777) != 0) {
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_IO, "%s: %s", given->output,
			g_strerror(errno));
		return false;
	}
	for (guint i = 0; good && i < export->files->len; i++)
		good = write_file(given->output, export->files->pdata[i], error);
	return good;
}

static void report(const struct problems *left_out)
{
	for (guint i = 0; i < left_out->list->len; i++) {
		g_autofree char *text = problem_text(left_out->list->pdata[i]);
		g_autofree char *safe = shown_plain(text);

		g_printerr("espial: left out: %s\n", safe);
	}
}

/* Returns the exit code. */
static int finish(const struct export_options *given, const struct export *export)
{
	GError *error = NULL;

	if (!given->output && export->files->len > 1) {
		g_printerr("espial: %s is %u files: name a directory with --output\n",
			given->target->name, export->files->len);
		return COMMAND_FAILED;
	}
	if (!given->quiet)
		report(export->left_out);
	if (write_files(given, export, &error))
		return COMMAND_OK;
	return error ? command_error(error) : COMMAND_FAILED;
}

static int export_ruleset(
	struct export_options *given, const char *dir, const struct ruleset *ruleset)
{
	struct trace *trace = trace_new(dir, ruleset, NULL);
	struct export *export;
	int status;

	given->input.ruleset = ruleset;
	given->input.trace = trace;
	export = export_new(given->target, &given->input);
	status = finish(given, export);
	export_free(export);
	trace_free(trace);
	return status;
}

static int run_plain(
	struct export_options *given, const struct command_options *options, const char *dir)
{
	struct matcher *matcher = command_matcher(options);
	int status = COMMAND_FAILED;

	if (matcher) {
		status = export_ruleset(given, dir, matcher_ruleset(matcher));
		matcher_unref(matcher);
	}
	return status;
}

static int run_with_evidence(
	struct export_options *given, const struct command_options *options, const char *dir)
{
	struct problems *left_out = problems_new();
	struct evidence *evidence = NULL;
	struct indexed indexed;
	GError *error = NULL;
	int status = COMMAND_FAILED;

	if (indexed_open(&indexed, options, &error))
		evidence = gather(given, &indexed, left_out, &error);
	given->input.evidence = evidence;
	given->input.left_out = left_out;
	if (evidence)
		status = export_ruleset(given, dir, matcher_ruleset(indexed.matcher));
	evidence_free(evidence);
	problems_free(left_out);
	indexed_close(&indexed);
	return error ? command_error(error) : status;
}

/* ---- the command line ---- */

static void print_help(void)
{
	printf("usage: espial rules export %s\n\n"
	       "Writes the rules for another program.\n\n",
		usage);
	for (const struct export_target *target = export_targets; target->name; target++)
		printf("  %-16s%s\n", target->name, target->help);
	printf("\n  --output DIR       write the files there, not to standard output\n"
	       "  --drafts           drafts, too\n"
	       "  --directory DIR    where the program will find the files\n"
	       "  --zone NAME        the name of the response policy zone\n"
	       "  --score WHAT=N     how much a hit counts; WHAT is the kind of a provider,\n"
	       "                     off-network, landing or account\n"
	       "  --quiet            do not list what is left out\n"
	       "  --help\n\n"
	       "Landing domains and accounts, from the mail of the store:\n"
	       "  --query QUERY      of messages that match (default: those that were labelled)\n"
	       "  --min-messages N   of at least N messages (default %d)\n"
	       "  --off-network      of messages that the provider's network did not send\n"
	       "  --allow FILE       never block these domains, nor those of the ruleset's\n"
	       "                     lists/allowed-domains.txt and of the providers\n\n"
	       "rpz and hosts always have them; the others where one of these is given.\n",
		MIN_MESSAGES);
}

enum {
	OPTION_OUTPUT = 1000,
	OPTION_DRAFTS,
	OPTION_DIRECTORY,
	OPTION_ZONE,
	OPTION_SCORE,
	OPTION_QUIET,
	OPTION_QUERY,
	OPTION_MIN_MESSAGES,
	OPTION_OFF_NETWORK,
	OPTION_ALLOW,
};

static bool parse_score(const char *text, double *scores)
{
	const char *equals = strchr(text, '=');
	char *end;
	double number;

	for (unsigned i = 0; equals && i < EXPORT_SCORES; i++) {
		if (!span_equal((struct span){text, equals - text}, export_score_name(i)))
			continue;
		number = g_ascii_strtod(equals + 1, &end);
		if (end == equals + 1 || *end || !(number >= -1000 && number <= 1000))
			return false;
		scores[i] = number;
		return true;
	}
	return false;
}

/* What a zone, a configuration file and a path can hold without quotes. */
static bool is_plain(const char *text, const char *also)
{
	for (const char *p = text; *p; p++)
		if (!g_ascii_isalnum(*p) && !strchr("-._", *p) && !strchr(also, *p))
			return false;
	return *text;
}

static bool parse_count(const char *text, unsigned *count)
{
	guint64 number;
	bool good = g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT, &number, NULL);

	if (good)
		*count = (unsigned)number;
	return good;
}

/* Returns what is wrong with the option's argument, or NULL. */
static const char *take_option(struct export_options *given, int option)
{
	switch (option) {
	case OPTION_OUTPUT:
		given->output = optarg;
		break;
	case OPTION_DRAFTS:
		given->input.drafts = true;
		break;
	case OPTION_DIRECTORY:
		given->input.directory = optarg;
		return is_plain(optarg, "/$") ? NULL
					      : "--directory: only letters, digits and -._/$";
	case OPTION_ZONE:
		given->input.zone = optarg;
		return is_plain(optarg, "") ? NULL
					    : "--zone: the name of a zone, without a last dot";
	case OPTION_SCORE:
		return parse_score(optarg, given->input.scores) ? NULL
								: "--score WHAT=N: see --help";
	case OPTION_QUIET:
		given->quiet = true;
		break;
	case OPTION_QUERY:
		given->query = optarg;
		given->evidence = true;
		break;
	case OPTION_MIN_MESSAGES:
		given->evidence = true;
		return parse_count(optarg, &given->min_messages) ? NULL
								 : "--min-messages: a number";
	case OPTION_OFF_NETWORK:
		given->evidence = given->off_network = true;
		break;
	case OPTION_ALLOW:
		given->evidence = true;
		g_ptr_array_add(given->allow, optarg);
		break;
	default:
		return "";
	}
	return NULL;
}

/* Returns -1 to go on, or the exit code. */
static int parse(int argc, char **argv, struct export_options *given)
{
	static const struct option options[] = {
		{"output", required_argument, NULL, OPTION_OUTPUT},
		{"drafts", no_argument, NULL, OPTION_DRAFTS},
		{"directory", required_argument, NULL, OPTION_DIRECTORY},
		{"zone", required_argument, NULL, OPTION_ZONE},
		{"score", required_argument, NULL, OPTION_SCORE},
		{"quiet", no_argument, NULL, OPTION_QUIET},
		{"query", required_argument, NULL, OPTION_QUERY},
		{"min-messages", required_argument, NULL, OPTION_MIN_MESSAGES},
		{"off-network", no_argument, NULL, OPTION_OFF_NETWORK},
		{"allow", required_argument, NULL, OPTION_ALLOW},
		{"help", no_argument, NULL, 'h'},
		{0},
	};

	optind = 0;
	for (int option; (option = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
		if (option == 'h') {
			print_help();
			return COMMAND_OK;
		}
		const char *wrong = take_option(given, option);
		if (wrong && *wrong)
			g_printerr("espial: %s\n", wrong);
		if (wrong)
			return *wrong ? COMMAND_FAILED : command_usage(&command_rules);
	}
	given->target = optind == argc - 1 ? export_target_find(argv[optind]) : NULL;
	if (given->target)
		return -1;
	if (optind != argc - 1)
		return command_usage(&command_rules);
	g_autofree char *safe = shown_plain(argv[optind]);
	g_printerr("espial: %s: no such target: see espial rules export --help\n", safe);
	return COMMAND_FAILED;
}

int export_run(const struct command_options *options, int argc, char **argv)
{
	g_autofree char *dir = command_ruleset_dir(options);
	g_autoptr(GPtrArray) allow = g_ptr_array_new();
	struct export_options given = {.min_messages = MIN_MESSAGES, .allow = allow};
	int status;

	memcpy(given.input.scores, export_default_scores, sizeof(given.input.scores));
	status = parse(argc, argv, &given);
	if (status >= 0)
		return status;
	if (given.evidence || given.target->needs_evidence)
		return run_with_evidence(&given, options, dir);
	return run_plain(&given, options, dir);
}
