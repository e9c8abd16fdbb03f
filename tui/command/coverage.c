/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * espial rules coverage: which links of a body of mail look like trackers and have no rule, by
 * shape, those of most messages first.
 */
#include "tui/command/coverage.h"

#include "rules/chain.h"
#include "rules/unexplained.h"
#include "tui/command/mails.h"
#include "tui/command/record.h"
#include "tui/mail/message.h"
#include "tui/widget/shown.h"

#include <stdio.h>

/* Different shapes kept: a body of hostile mail can have any number. */
#define MAX_SHAPES 200000

struct shape {
	char *name; /* `example.com /t/<hex>` */
	char *example;
	unsigned messages, links, signs;
	unsigned last; /* the message that was counted last */
};

struct coverage {
	struct matcher *matcher;
	GHashTable *shapes; /* name → struct shape */
	unsigned messages, links, explained, unexplained;
	bool failed;
};

static void shape_free(gpointer data)
{
	struct shape *shape = data;

	g_free(shape->name);
	g_free(shape->example);
	g_free(shape);
}

/* ---- counting ---- */

static struct shape *shape_of(struct coverage *coverage, const struct url *url, unsigned signs)
{
	g_autofree char *name = unexplained_shape(url);
	struct shape *shape = g_hash_table_lookup(coverage->shapes, name);

	if (shape || g_hash_table_size(coverage->shapes) >= MAX_SHAPES)
		return shape;
	shape = g_new0(struct shape, 1);
	shape->name = g_steal_pointer(&name);
	shape->example = g_strdup(url_href(url));
	shape->signs = signs;
	g_hash_table_insert(coverage->shapes, shape->name, shape);
	return shape;
}

static void count_url(struct coverage *coverage, const struct url *url)
{
	unsigned signs = unexplained_signs(url);
	struct shape *shape = signs ? shape_of(coverage, url, signs) : NULL;

	if (!shape)
		return;
	coverage->unexplained++;
	shape->links++;
	shape->signs |= signs;
	shape->messages += shape->last != coverage->messages;
	shape->last = coverage->messages;
}

/* Where no rule gets any further. */
static void count_link(struct coverage *coverage, const struct link *link)
{
	struct chain *chain = chain_follow(coverage->matcher, link->url);

	coverage->links++;
	coverage->explained += chain->hops->len > 0;
	if (chain->end == CHAIN_PLAIN) {
		count_url(coverage, link->url);
	} else if (chain->end == CHAIN_LANDING) {
		struct url *landing = url_parse(chain->landing, strlen(chain->landing), NULL);

		if (landing)
			count_url(coverage, landing);
		url_free(landing);
	}
	chain_free(chain);
}

static void report_failure(void *user, const char *name, GError *error)
{
	g_autofree char *safe = shown_plain(name);

	fprintf(stderr, "espial: %s: ", safe);
	((struct coverage *)user)->failed = true;
	command_error(error);
}

/* Images are fetched from everywhere by ids; only those that are made to track count. */
static void count_mail(void *user, const char *path)
{
	struct coverage *coverage = user;
	GError *error = NULL;
	struct message *message = message_read(path, &error);

	if (!message) {
		report_failure(coverage, path, error);
		return;
	}
	coverage->messages++;
	for (guint i = 0; i < message_links(message)->len; i++) {
		const struct link *link = message_links(message)->pdata[i];

		if (link_is_clickable(link) || link->kind == LINK_PIXEL)
			count_link(coverage, link);
	}
	message_free(message);
}

/* ---- printing ---- */

static gint most_messages(gconstpointer a, gconstpointer b)
{
	const struct shape *left = *(const struct shape *const *)a,
			   *right = *(const struct shape *const *)b;

	if (left->messages != right->messages)
		return left->messages > right->messages ? -1 : 1;
	if (left->links != right->links)
		return left->links > right->links ? -1 : 1;
	return strcmp(left->name, right->name);
}

static void print_json(const struct shape *shape)
{
	json_t *record = json_object(), *signs = json_array();
	const char *blank = strchr(shape->name, ' ');
	g_autofree char *domain = g_strndup(shape->name, (gsize)(blank - shape->name));

	for (unsigned i = 0; i < UNEXPLAINED_SIGNS; i++)
		if (shape->signs & 1u << i)
			json_array_append_new(signs, json_string(unexplained_sign_name(
							     (enum unexplained_sign)(1u << i))));
	json_object_set_new(record, "domain", record_text(domain));
	json_object_set_new(record, "shape", record_text(blank + 1));
	json_object_set_new(record, "messages", json_integer(shape->messages));
	json_object_set_new(record, "links", json_integer(shape->links));
	json_object_set_new(record, "signs", signs);
	json_object_set_new(record, "example", record_text(shape->example));
	record_print(record);
}

static void print_text(const struct shape *shape)
{
	g_autofree char *name = shown_plain(shape->name);

	printf("%8u %8u  %s\n", shape->messages, shape->links, name);
}

static void print_shapes(const struct coverage *coverage, bool json)
{
	g_autoptr(GPtrArray) shapes = g_ptr_array_new();
	GHashTableIter iter;
	gpointer shape;

	g_hash_table_iter_init(&iter, coverage->shapes);
	while (g_hash_table_iter_next(&iter, NULL, &shape))
		g_ptr_array_add(shapes, shape);
	g_ptr_array_sort(shapes, most_messages);
	if (!json)
		puts("messages    links  shape");
	for (guint i = 0; i < shapes->len; i++) {
		if (json)
			print_json(shapes->pdata[i]);
		else
			print_text(shapes->pdata[i]);
	}
	if (!json)
		printf("%u messages, %u links: %u explained, %u look like trackers and have no "
		       "rule, "
		       "of %u shapes\n",
			coverage->messages, coverage->links, coverage->explained,
			coverage->unexplained, shapes->len);
}

int coverage_run(const struct command_options *options, int argc, char **argv)
{
	bool json = argc > 1 && strcmp(argv[1], "--json") == 0;
	int first = json ? 2 : 1;
	struct coverage coverage = {0};
	struct mails_visitor visitor = {count_mail, report_failure, NULL, &coverage};
	GError *error = NULL;

	if (argc <= first)
		return command_usage(&command_rules);
	coverage.matcher = command_matcher(options);
	if (!coverage.matcher)
		return COMMAND_FAILED;
	message_library_init();
	coverage.shapes = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, shape_free);
	if (mails_visit(options, argc - first, argv + first, &visitor, &error))
		print_shapes(&coverage, json);
	g_hash_table_unref(coverage.shapes);
	matcher_unref(coverage.matcher);
	if (error)
		return command_error(error);
	return coverage.failed ? COMMAND_NO : COMMAND_OK;
}
