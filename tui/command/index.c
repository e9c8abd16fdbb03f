/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * espial index: brings the link index up to date. espial status: where things are, and how they
 * stand.
 */
#include "tui/index/index.h"
#include "tui/command/command.h"
#include "tui/mail/message.h"
#include "tui/paths.h"
#include "tui/settings.h"
#include "tui/widget/shown.h"

#include <stdio.h>
#include <unistd.h>

static struct index *open_index(
	const struct command_options *options, const struct store *store, GError **error)
{
	g_autofree char *dir = paths_index();
	g_autofree char *ruleset = paths_ruleset(options->ruleset);
	g_autofree char *file = index_file(dir, store_path(store), ruleset);

	return index_open(file, error);
}

static bool print_progress(void *user, const char *what, unsigned done, unsigned total)
{
	(void)user;
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r%s: %u of %u ", what, done, total);
	return true;
}

static void print_totals(struct index *index)
{
	struct index_totals totals;

	if (!index_totals(index, &totals, NULL))
		return;
	printf("%" G_GINT64_FORMAT " messages, %" G_GINT64_FORMAT " links, %" G_GINT64_FORMAT
	       " different URLs, %" G_GINT64_FORMAT " explained, %" G_GINT64_FORMAT
	       " of them opaque\n",
		totals.messages, totals.links, totals.urls, totals.explained, totals.opaque);
	if (totals.unreadable)
		printf("%" G_GINT64_FORMAT " messages cannot be read: their files are gone or "
		       "broken\n",
			totals.unreadable);
}

static int update(const struct command_options *options, bool rebuild, GError **error)
{
	struct matcher *matcher = command_matcher(options);
	struct store *store = matcher ? store_open(&options->store, error) : NULL;
	struct index *index = store ? open_index(options, store, error) : NULL;
	struct settings *settings = store ? settings_load(store) : NULL;

	if (index)
		index_set_trust(index, settings->trust);
	bool good = index && (!rebuild || index_clear(index, error)) &&
		    index_update(index, store, matcher, print_progress, NULL, error);

	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
	if (good)
		print_totals(index);
	index_close(index);
	settings_free(settings);
	store_close(store);
	if (matcher)
		matcher_unref(matcher);
	return good ? COMMAND_OK : COMMAND_FAILED;
}

static int run_index(const struct command_options *options, int argc, char **argv)
{
	bool rebuild = argc == 2 && strcmp(argv[1], "--rebuild") == 0;
	GError *error = NULL;
	int status;

	if (argc > 1 && !rebuild)
		return command_usage(&command_index);
	message_library_init();
	status = update(options, rebuild, &error);
	return error ? command_error(error) : status;
}

static void print_place(const char *what, const char *path)
{
	g_autofree char *safe = shown_plain(path);

	printf("%-10s%s\n", what, safe);
}

static int run_status(const struct command_options *options, int argc, char **argv)
{
	GError *error = NULL;
	struct store *store;
	struct index *index;

	(void)argv;
	if (argc > 1)
		return command_usage(&command_status);
	store = store_open(&options->store, &error);
	if (!store)
		return command_error(error);
	index = open_index(options, store, &error);
	g_autofree char *ruleset = paths_ruleset(options->ruleset);
	print_place("store", store_path(store));
	print_place("ruleset", ruleset);
	if (index) {
		print_place("index", index_path(index));
		print_totals(index);
		puts(index_is_current(index, store_revision(store))
				? "the index has caught up with the store"
				: "the store has changed since: espial index catches up");
	}
	index_close(index);
	store_close(store);
	return error ? command_error(error) : COMMAND_OK;
}

const struct command command_index = {.name = "index",
	.usage = "[--rebuild]",
	.help = "bring the link index up to date, or make it anew",
	.run = run_index};
const struct command command_status = {.name = "status",
	.usage = "",
	.help = "show where store, ruleset and index are, and how they stand",
	.run = run_status};
