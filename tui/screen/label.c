/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a link to a committed rule: a drafted rule as a form, what it would match in this store, and
 * the commit.
 */
#include "tui/screen/label.h"

#include "rules/commit_message.h"
#include "rules/draft.h"
#include "rules/error.h"
#include "tui/app.h"
#include "tui/esp_choice.h"
#include "tui/preview.h"
#include "tui/rule_form.h"
#include "tui/screen/pager.h"
#include "tui/screen/samples.h"

/* Rows of the form that are not of the rule. */
enum { ROW_REASON, ROW_TARGET, EXTRA_ROWS };

enum target {
	TARGET_MESSAGE,
	TARGET_QUERY,
	TARGET_STORE,
	TARGET_COUNT,
};

struct label_state {
	struct rule *rule;
	struct esp *new_esp; /* committed with the rule; NULL where it is known */
	char *broken;        /* YAML that could not be read, until it is edited again; NULL */
	struct draft *draft; /* NULL with a kept draft */
	char *summary;       /* as it was made last; an edited one is another */
	guint decoding;      /* which of its decodings is in the rule; their number: opaque */
	struct url *url;
	char *message_id, *query;
	char *reason;
	enum target target;

	/* The rule's file as it was when it was looked at: what others change from then on is not
	 * overwritten. NULL: there was none. */
	char *seen;
	char *seen_id; /* of which rule */

	struct matcher *matcher;   /* the rules in use and this one */
	struct problems *problems; /* of the rule, its tests included */
	struct job *job;
	struct preview *preview; /* NULL until the first report */
	struct scroll scroll;
	GPtrArray *typed; /* history of the rows, of char * */
	char *kept;       /* the name that it is kept under; NULL: it is not */
	bool edited;
};

/* ---- checking and counting ---- */

static void preview_arrived(void *user, void *item)
{
	struct label_state *state = user;
	struct preview *report = item;
	struct preview *mine;

	if (!report) {
		state->job = NULL;
		return;
	}
	/* Its contents move over; the worker frees an empty one. */
	mine = preview_new();
	struct preview empty = *mine;
	*mine = *report;
	*report = empty;
	preview_free(state->preview);
	state->preview = mine;
}

static void look_at_file(struct screen *screen)
{
	struct label_state *state = screen->state;
	g_autofree char *path = rule_path(state->rule->id);

	if (g_strcmp0(state->seen_id, state->rule->id) == 0)
		return;
	g_free(state->seen_id);
	g_free(state->seen);
	state->seen_id = g_strdup(state->rule->id);
	state->seen = repo_file(screen->app->repo, path, NULL);
}

static void check_rule(struct screen *screen)
{
	struct label_state *state = screen->state;
	g_autofree char *yaml = rule_write(state->rule);
	g_autofree char *file = rule_path(state->rule->id ? state->rule->id : "");
	struct rule *read;

	g_clear_pointer(&state->problems, problems_free);
	g_clear_pointer(&state->matcher, matcher_unref);
	state->problems = problems_new();
	read = rule_read(yaml, strlen(yaml), file, state->problems);
	if (!read)
		return;
	look_at_file(screen);
	struct ruleset *ruleset =
		ruleset_with(matcher_ruleset(screen->app->matcher), read, state->new_esp);
	state->matcher = matcher_new(ruleset);
	matcher_check(state->matcher, read->id, state->problems);
	ruleset_unref(ruleset);
	rule_free(read);
}

static void count_matches(struct screen *screen)
{
	struct label_state *state = screen->state;

	state->job = preview_start(
		screen->app, state->matcher, state->rule->id, state->query, preview_arrived, state);
}

static void rule_changed(struct screen *screen)
{
	struct label_state *state = screen->state;

	job_cancel(g_steal_pointer(&state->job));
	g_clear_pointer(&state->preview, preview_free);
	check_rule(screen);
	if (state->matcher)
		count_matches(screen);
}

static void drop_kept(struct screen *screen)
{
	struct label_state *state = screen->state;

	if (state->kept)
		pending_drop(app_pending_dir(screen->app), state->kept, NULL);
	g_clear_pointer(&state->kept, g_free);
}

/* Every edit is kept as a file, so that nothing typed is lost whatever happens. */
static void keep(struct screen *screen)
{
	struct label_state *state = screen->state;
	g_autofree char *yaml = state->broken ? g_strdup(state->broken) : rule_write(state->rule);
	g_autofree char *message =
		g_strdup_printf("%s\n%s\n%s", state->message_id ? state->message_id : "",
			state->new_esp ? state->new_esp->name : "", state->reason);
	g_autofree char *name = pending_name(state->broken && state->kept ? state->kept
					     : state->rule->id            ? state->rule->id
									  : "");
	GError *error = NULL;

	state->edited = true;
	if (!pending_save(app_pending_dir(screen->app), name, yaml, message, &error)) {
		app_error(screen->app, error);
		return;
	}
	if (g_strcmp0(state->kept, name) != 0)
		drop_kept(screen);
	g_free(state->kept);
	state->kept = g_steal_pointer(&name);
}

/* ---- opening ---- */

/* The rule's provider is committed with it where it is new. `name` NULL: as it is called now. */
static void need_esp(struct screen *screen, const char *id, const char *name)
{
	struct label_state *state = screen->state;
	bool known = ruleset_find_esp(matcher_ruleset(screen->app->matcher), id) != NULL;

	if (!known && state->new_esp && strcmp(state->new_esp->id, id) == 0)
		return;
	g_clear_pointer(&state->new_esp, esp_free);
	if (!known)
		state->new_esp = esp_new(id, name && *name ? name : id);
}

/* <esp>--<name> */
static char *esp_of_name(const char *name)
{
	const char *dashes = strstr(name, "--");

	return dashes ? g_strndup(name, (gsize)(dashes - name)) : g_strdup(name);
}

static void open_kept(struct screen *screen, const struct pending *kept)
{
	struct label_state *state = screen->state;
	struct problems *problems = problems_new();
	g_auto(GStrv) lines = g_strsplit(kept->message, "\n", 3);
	guint count = g_strv_length(lines);

	state->kept = g_strdup(kept->name);
	state->rule = rule_read(kept->yaml, strlen(kept->yaml), NULL, problems);
	if (!state->rule) {
		state->rule = rule_new();
		state->broken = g_strdup(kept->yaml);
	}
	if (count && *lines[0]) {
		g_free(state->message_id);
		state->message_id = g_strdup(lines[0]);
	}
	state->reason = g_strdup(count > 2 ? lines[2] : "");
	problems_free(problems);
	/* A broken draft says by its name alone whose it is. */
	g_autofree char *esp =
		state->rule->esp ? g_strdup(state->rule->esp) : esp_of_name(kept->name);
	need_esp(screen, esp, count > 1 ? lines[1] : NULL);
}

static bool is_pending(const GPtrArray *list, const char *id)
{
	g_autofree char *name = pending_name(id);

	for (guint i = 0; i < list->len; i++)
		if (strcmp(((struct pending *)list->pdata[i])->name, name) == 0)
			return true;
	return false;
}

/* Another draft that waits may have the id already. */
static void choose_id(struct screen *screen)
{
	struct label_state *state = screen->state;
	g_autoptr(GPtrArray) list = pending_list(app_pending_dir(screen->app));
	g_autofree char *base = g_strdup(state->rule->id);

	for (unsigned n = 2; is_pending(list, state->rule->id); n++) {
		g_free(state->rule->id);
		state->rule->id = g_strdup_printf("%s-%u", base, n);
	}
}

static void open_draft(struct screen *screen, const struct label_request *request)
{
	struct label_state *state = screen->state;

	need_esp(screen, request->esp, request->esp_name);
	state->url = url_parse(url_href(request->url), strlen(url_href(request->url)), NULL);
	state->draft = draft_propose(
		matcher_ruleset(screen->app->matcher), request->esp, state->url, false);
	state->rule = rule_copy(state->draft->rule);
	state->summary = g_strdup(state->rule->summary);
	choose_id(screen);
	if (!state->rule->decode->len)
		state->decoding = state->draft->decodings->len;
	state->reason = g_strdup("");
}

static bool label_open(struct screen *screen, const void *argument, GError **error)
{
	struct label_state *state = screen->state;
	const struct label_request *request = argument;

	(void)error;
	state->message_id = g_strdup(request->message_id);
	state->query = g_strdup(request->query);
	state->typed = g_ptr_array_new_with_free_func(g_free);
	if (request->kept)
		open_kept(screen, request->kept);
	else
		open_draft(screen, request);
	state->scroll.count = rule_form_count() + EXTRA_ROWS;
	rule_changed(screen);
	return true;
}

static void label_close(struct screen *screen)
{
	struct label_state *state = screen->state;

	job_cancel(state->job);
	g_free(state->seen);
	g_free(state->seen_id);
	g_free(state->summary);
	preview_free(state->preview);
	g_clear_pointer(&state->matcher, matcher_unref);
	g_clear_pointer(&state->problems, problems_free);
	draft_free(state->draft);
	rule_free(state->rule);
	esp_free(state->new_esp);
	url_free(state->url);
	g_ptr_array_unref(state->typed);
	g_free(state->kept);
	g_free(state->broken);
	g_free(state->message_id);
	g_free(state->query);
	g_free(state->reason);
}

/* ---- drawing ---- */

static char *target_text(const struct label_state *state)
{
	const struct preview *preview = state->preview;

	switch (state->target) {
	case TARGET_QUERY:
		return g_strdup_printf("the %u messages of the query that match",
			preview ? preview->query.messages : 0);
	case TARGET_STORE:
		return g_strdup_printf("the %u messages of the whole store that match",
			preview ? preview->store.messages : 0);
	default:
		return g_strdup(state->message_id ? "this message" : "no message");
	}
}

static void draw_row(const struct label_state *state, const struct canvas *line, size_t row)
{
	size_t rows = rule_form_count();
	g_autofree char *text = NULL;

	if (row < rows)
		text = rule_form_get(state->rule, row);
	else if (row - rows == ROW_REASON)
		text = g_strdup(state->reason);
	else
		text = target_text(state);
	canvas_fill(line, 0, 0, STYLE_NORMAL);
	canvas_text(line, 0, 1, 11,
		row < rows                 ? rule_form_name(row)
		: row - rows == ROW_REASON ? "why"
					   : "label",
		STYLE_HEADER);
	canvas_text(line, 0, 13, line->width - 13, text, STYLE_NORMAL);
}

static int draw_problems(const struct label_state *state, const struct canvas *canvas, int y)
{
	size_t count = problems_count(state->problems);

	if (!count) {
		canvas_printf(canvas, y, 1, canvas->width, STYLE_GOOD,
			"tests pass: %u that match, %u that do not", state->rule->matches->len,
			state->rule->no_matches->len);
		return y + 1;
	}
	canvas_printf(canvas, y, 1, canvas->width, STYLE_BAD,
		"%zu problem%s: it cannot be committed", count, count == 1 ? "" : "s");
	for (guint i = 0; i < MIN(count, 3); i++) {
		const struct problem *problem = state->problems->list->pdata[i];

		canvas_printf(canvas, ++y, 3, canvas->width - 3, STYLE_BAD, "%s", problem->what);
	}
	return y + 1;
}

/* Where it leads comes first: that is what tells whether the rule is right. */
static void draw_sample(const struct canvas *canvas, int y, const struct preview_sample *sample)
{
	int half = canvas->width / 2;

	canvas_text(canvas, y, 3, 2, "→", STYLE_QUIET);
	canvas_text(canvas, y, 5, half - 6, sample->next ? sample->next : "opaque",
		sample->next ? STYLE_NORMAL : STYLE_QUIET);
	canvas_text(canvas, y, half, canvas->width - half, sample->url, STYLE_QUIET);
}

static char *count_text(const struct preview_count *count)
{
	return g_strdup_printf("%u message%s, %u link%s", count->messages,
		count->messages == 1 ? "" : "s", count->links, count->links == 1 ? "" : "s");
}

static int draw_counts(const struct label_state *state, const struct canvas *canvas, int y)
{
	const struct preview *preview = state->preview;

	if (!state->matcher)
		return y;
	if (!preview) {
		canvas_text(canvas, y, 1, canvas->width, "counting…", STYLE_QUIET);
		return y + 1;
	}
	g_autofree char *query = count_text(&preview->query);
	g_autofree char *store = count_text(&preview->store);
	canvas_printf(canvas, y++, 1, canvas->width, STYLE_STRONG, "query: %s   store: %s%s", query,
		store, preview->whole ? "" : " so far");
	if (preview->failure)
		canvas_text(canvas, y++, 1, canvas->width, preview->failure, STYLE_BAD);
	if (preview->clashes)
		canvas_printf(canvas, y++, 1, canvas->width, STYLE_BAD,
			"clash: %u of these links are explained by %s today", preview->clashes,
			preview->clash_rule);
	else
		canvas_printf(canvas, y++, 1, canvas->width, STYLE_NORMAL,
			"no clash with another rule; %u landing domain%s, %u opaque",
			preview->landings, preview->landings == 1 ? "" : "s", preview->opaque);
	for (guint i = 0; i < preview->samples->len && y < canvas->height; i++)
		draw_sample(canvas, y++, preview->samples->pdata[i]);
	return y;
}

static void draw_decodings(const struct label_state *state, const struct canvas *canvas, int y)
{
	const struct draft_decoding *decoding;

	if (!state->draft || state->decoding >= state->draft->decodings->len)
		return;
	decoding = state->draft->decodings->pdata[state->decoding];
	canvas_printf(canvas, y, 1, canvas->width - 1, STYLE_QUIET, "decoding %u of %u: %s",
		state->decoding + 1, state->draft->decodings->len, decoding->yields);
}

static void label_draw(struct screen *screen, const struct canvas *canvas)
{
	struct label_state *state = screen->state;
	int rows = (int)state->scroll.count;
	int form_height = MIN(rows, MAX(canvas->height - 7, 3));
	struct canvas form = canvas_rows(canvas, 0, form_height);
	struct canvas below =
		canvas_rows(canvas, form_height + 1, canvas->height - form_height - 1);
	int y;

	scroll_fit(&state->scroll, form.height);
	for (y = 0; y < form.height && state->scroll.top + (size_t)y < state->scroll.count; y++) {
		struct canvas line = canvas_rows(&form, y, 1);

		line.selected = state->scroll.top + (size_t)y == state->scroll.at;
		draw_row(state, &line, state->scroll.top + (size_t)y);
	}
	canvas_rule(canvas, form_height, STYLE_QUIET);
	if (state->broken)
		canvas_text(canvas, form_height, 2, canvas->width,
			" the YAML cannot be read: e edits it again ", STYLE_BAD);
	draw_decodings(state, &below, 0);
	y = draw_problems(state, &below, 1);
	draw_counts(state, &below, y);
	canvas_cursor(&form, (int)(state->scroll.at - state->scroll.top), 13);
}

static void label_title(struct screen *screen, GString *title)
{
	struct label_state *state = screen->state;
	const struct rule *known =
		state->rule->id
			? ruleset_find_rule(matcher_ruleset(screen->app->matcher), state->rule->id)
			: NULL;

	g_string_append_printf(title, "%s rule %s", known ? "Change" : "New",
		state->rule->id ? state->rule->id : "");
	if (state->new_esp)
		g_string_append_printf(title, " — new provider %s", state->new_esp->name);
}

/* The index went on. */
static void label_refresh(struct screen *screen)
{
	struct label_state *state = screen->state;

	if (state->matcher && !state->job && (!state->preview || !state->preview->whole))
		count_matches(screen);
}

static struct scroll *label_scroll(struct screen *screen)
{
	return &((struct label_state *)screen->state)->scroll;
}

/* ---- editing ---- */

static void row_typed(struct screen *screen, const char *text)
{
	struct label_state *state = screen->state;
	size_t rows = rule_form_count();

	if (!text)
		return;
	if (state->scroll.at < rows) {
		rule_form_set(state->rule, state->scroll.at, text);
		if (state->rule->esp)
			need_esp(screen, state->rule->esp, NULL);
		rule_changed(screen);
	} else {
		g_free(state->reason);
		state->reason = g_strdup(text);
	}
	keep(screen);
}

static void act_target(struct screen *screen)
{
	struct label_state *state = screen->state;

	state->target = (state->target + 1) % TARGET_COUNT;
}

static void act_edit(struct screen *screen)
{
	struct label_state *state = screen->state;
	size_t row = state->scroll.at, rows = rule_form_count();
	g_autofree char *text = NULL;
	g_autofree char *label = NULL;

	if (row == rows + ROW_TARGET) {
		act_target(screen);
		return;
	}
	text = row < rows ? rule_form_get(state->rule, row) : g_strdup(state->reason);
	label = g_strdup_printf("%s: ", row < rows ? rule_form_name(row) : "why");
	app_ask(screen->app, label, text, state->typed, NULL, row_typed, screen);
}

/* A summary that nobody edited says what the rule does now. */
static void describe(struct screen *screen)
{
	struct label_state *state = screen->state;

	if (g_strcmp0(state->rule->summary, state->summary) != 0)
		return;
	g_free(state->rule->summary);
	g_free(state->summary);
	state->rule->summary =
		draft_summary(matcher_ruleset(screen->app->matcher), state->rule, state->url);
	state->summary = g_strdup(state->rule->summary);
}

/* The next of the decodings that were found, opaque after the last. The test's expectation follows.
 */
static void act_decoding(struct screen *screen)
{
	struct label_state *state = screen->state;
	guint count = state->draft ? state->draft->decodings->len : 0;
	const struct draft_decoding *decoding;
	struct rule_test *test;

	if (!count) {
		app_report(screen->app, "no decoder finds a URL in this link");
		return;
	}
	state->decoding = (state->decoding + 1) % (count + 1);
	decoding = state->decoding < count ? state->draft->decodings->pdata[state->decoding] : NULL;
	g_autofree char *text =
		decoding ? rule_pipeline_text(decoding->pipeline) : g_strdup("opaque");
	rule_form_parse_pipeline(state->rule->decode, text);
	describe(screen);
	if (state->rule->matches->len) {
		test = state->rule->matches->pdata[0];
		g_free(test->next);
		test->next = decoding ? g_strdup(decoding->yields) : NULL;
	}
	rule_changed(screen);
	keep(screen);
}

/* The tests go on, but for the first of those that must not match, which a draft makes from its
 * pattern. */
static void take_tests(struct rule *rule, struct rule *from)
{
	GPtrArray *matches = rule->matches;

	rule->matches = from->matches;
	from->matches = matches;
	while (from->no_matches->len > 1)
		g_ptr_array_add(rule->no_matches, g_ptr_array_steal_index(from->no_matches, 1));
}

/* The rows that were edited stay as they are; the others are those of the new draft. */
static void take_draft(struct label_state *state, struct draft *draft)
{
	struct rule *rule = rule_copy(draft->rule);

	for (size_t row = 0; row < rule_form_count(); row++) {
		g_autofree char *before = rule_form_get(state->draft->rule, row);
		g_autofree char *now = rule_form_get(state->rule, row);

		if (strcmp(before, now) != 0)
			rule_form_set(rule, row, now);
	}
	take_tests(rule, state->rule);
	draft_free(state->draft);
	rule_free(state->rule);
	state->draft = draft;
	state->rule = rule;
	state->decoding = MIN(state->decoding, draft->decodings->len);
}

/* For a customer's own tracking domain the rule must not ask for the host. */
static void act_branded(struct screen *screen)
{
	struct label_state *state = screen->state;
	bool branded = state->rule->hosts->len != 0;

	if (!state->draft) {
		app_report(screen->app, "only a fresh draft can be made again: edit the hosts");
		return;
	}
	take_draft(state, draft_propose(matcher_ruleset(screen->app->matcher), state->rule->esp,
				  state->url, branded));
	rule_changed(screen);
	keep(screen);
	app_report(screen->app,
		branded ? "for any host: recognised by its shape" : "for this host only");
}

static void act_yaml(struct screen *screen)
{
	struct label_state *state = screen->state;
	g_autofree char *before = state->broken ? g_strdup(state->broken) : rule_write(state->rule);
	struct problems *problems = problems_new();
	GError *error = NULL;
	char *after = app_edit(screen->app, before, ".yaml", &error);
	struct rule *rule = after ? rule_read(after, strlen(after), NULL, problems) : NULL;

	if (!after) {
		app_error(screen->app, error);
	} else if (rule) {
		rule_free(state->rule);
		state->rule = rule;
		g_clear_pointer(&state->broken, g_free);
		need_esp(screen, rule->esp, NULL);
		rule_changed(screen);
		keep(screen);
	} else {
		g_autofree char *first = problem_text(problems->list->pdata[0]);

		g_free(state->broken);
		state->broken = g_strdup(after);
		keep(screen);
		app_report(screen->app, "kept, but not a rule: %s", first);
	}
	g_free(after);
	problems_free(problems);
}

static void act_show_yaml(struct screen *screen)
{
	struct label_state *state = screen->state;
	g_autofree char *yaml = state->broken ? g_strdup(state->broken) : rule_write(state->rule);
	struct pager_text text = {"The rule", yaml, strlen(yaml), PAGER_PLAIN};

	app_push(screen->app, &screen_pager, &text);
}

static void add_test(struct screen *screen, const struct preview_sample *sample, bool must_match)
{
	struct label_state *state = screen->state;
	struct rule_test *test = rule_test_new(sample->url, must_match ? sample->next : NULL);

	for (guint i = 0; must_match && i < sample->fields->len; i++) {
		const struct rule_pair *pair = sample->fields->pdata[i];

		if (g_utf8_validate(pair->value, -1, NULL))
			g_ptr_array_add(test->fields, rule_pair_new(pair->name, pair->value));
	}
	g_ptr_array_add(must_match ? state->rule->matches : state->rule->no_matches, test);
	rule_changed(screen);
	keep(screen);
	app_report(screen->app, "a test now: the rule must %s %s",
		must_match ? "match" : "not match", sample->url);
}

static void act_samples(struct screen *screen)
{
	struct label_state *state = screen->state;
	g_autoptr(GPtrArray) none = g_ptr_array_new();
	GString *problems = g_string_new(NULL);

	for (guint i = 0; i < problems_count(state->problems); i++) {
		g_autofree char *problem = problem_text(state->problems->list->pdata[i]);
		g_string_append_printf(problems, "%s\n", problem);
	}
	struct samples_opening opening = {
		state->preview ? state->preview->samples : none, problems->str, add_test};
	app_push(screen->app, &screen_samples, &opening);
	g_string_free(problems, TRUE);
}

/* ---- committing ---- */

static GPtrArray *targets(const struct label_state *state)
{
	GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
	const GPtrArray *matching = NULL;

	if (state->preview && state->target == TARGET_QUERY)
		matching = state->preview->query_ids;
	else if (state->preview && state->target == TARGET_STORE)
		matching = state->preview->store_ids;
	for (guint i = 0; matching && i < matching->len; i++)
		g_ptr_array_add(ids, g_strdup(matching->pdata[i]));
	if (state->message_id && (!matching || !g_ptr_array_find_with_equal_func(
						       ids, state->message_id, g_str_equal, NULL)))
		g_ptr_array_add(ids, g_strdup(state->message_id));
	return ids;
}

static char *commit_text(const struct label_state *state, bool added)
{
	g_autoptr(GPtrArray) evidence = g_ptr_array_new();
	struct commit_message message = {
		.esp = state->rule->esp,
		.rule = state->rule->id,
		.added = added,
		.summary = state->rule->summary,
		.reason = state->reason,
		.evidence = evidence,
	};

	if (state->message_id)
		g_ptr_array_add(evidence, state->message_id);
	if (state->preview) {
		message.messages = state->preview->store.messages;
		message.links = state->preview->store.links;
		message.landings = state->preview->landings;
	}
	return commit_message_text(&message);
}

static bool commit_rule(struct screen *screen, char id[REPO_ID_SIZE], GError **error)
{
	struct label_state *state = screen->state;
	struct repo *repo = screen->app->repo;
	g_autofree char *path = rule_path(state->rule->id);
	g_autofree char *content = rule_write(state->rule);
	g_autofree char *new_path = state->new_esp ? esp_path(state->new_esp->id) : NULL;
	g_autofree char *new_content = state->new_esp ? esp_write(state->new_esp) : NULL;
	g_autofree char *message = commit_text(state, state->seen == NULL);
	struct repo_change changes[] = {
		{path, content, state->seen}, {new_path, new_content, NULL}};
	size_t count = state->new_esp ? 2 : 1;

	/* Committed before, as when the console was killed between commit and label. */
	*id = '\0';
	if (!state->new_esp && g_strcmp0(state->seen, content) == 0)
		return true;
	return repo_commit(repo, changes, count, message, id, error);
}

static void commit(struct screen *screen)
{
	struct label_state *state = screen->state;
	struct app *app = screen->app;
	char id[REPO_ID_SIZE];
	GError *error = NULL;

	/* Whatever happens from here on, what was typed is offered again until all of it is done.
	 */
	keep(screen);
	if (!commit_rule(screen, id, &error)) {
		g_prefix_error(&error, "not committed, kept as a draft: ");
		app_error(app, error);
		return;
	}
	g_autoptr(GPtrArray) ids = targets(state);
	g_autofree char *esp = g_strdup(state->rule->esp);
	g_autofree char *what = g_strdup_printf("%s: rule %s", state->rule->esp, state->rule->id);
	if (esp_label_messages(app, esp, ids, what, *id ? id : NULL))
		drop_kept(screen);
	app_pop(app);
	if (!app_reload_rules(app, &error))
		app_error(app, error);
}

static void act_commit(struct screen *screen)
{
	struct label_state *state = screen->state;
	GError *error = NULL;

	if (state->broken || problems_count(state->problems)) {
		app_report(screen->app,
			"the rule has problems: it cannot be committed (s lists them)");
		return;
	}
	if (!state->preview || !state->preview->whole) {
		app_report(screen->app, "%s",
			state->preview && state->preview->failure ? state->preview->failure
								  : "still counting: a moment");
		return;
	}
	if (!repo_ready(screen->app->repo, &error)) {
		keep(screen);
		app_error(screen->app, error);
		return;
	}
	g_autoptr(GPtrArray) ids = targets(state);
	app_confirm(screen->app, screen, commit, "Commit rule %s and label %u message%s?",
		state->rule->id, ids->len, ids->len == 1 ? "" : "s");
}

static void act_leave(struct screen *screen)
{
	struct label_state *state = screen->state;
	struct app *app = screen->app;
	bool edited = state->edited;

	app_pop(app);
	if (edited)
		app_report(app, "the draft is kept: P goes on with it");
}

static void act_throw_away(struct screen *screen)
{
	struct app *app = screen->app;

	drop_kept(screen);
	app_pop(app);
	app_report(app, "the draft is thrown away");
}

static const struct binding label_bindings[] = {
	{"c", "commit", "commit the rule and label the messages", true, act_commit},
	{"Enter", "edit", "edit the selected row", true, act_edit},
	{"d", "decoding", "the next way found to decode the link, or opaque", true, act_decoding},
	{"b", "branded", "for a customer's own domain: any host, known by shape", true,
		act_branded},
	{"a", "whom", "whom to label: this message, all of the query or store", true, act_target},
	{"e", "YAML", "edit the whole rule in $VISUAL or $EDITOR", true, act_yaml},
	{"v", "view", "the rule as it will be written", false, act_show_yaml},
	{"s", "samples", "links that it explains, to be made its tests; its problems", true,
		act_samples},
	{"q Esc", "leave", "go back; an edited draft is kept", false, act_leave},
	{"X", "throw away", "go back and forget the draft", false, act_throw_away},
	{0},
};

const struct screen_ops screen_label = {
	.name = "label",
	.state_size = sizeof(struct label_state),
	.bindings = label_bindings,
	.open = label_open,
	.close = label_close,
	.draw = label_draw,
	.title = label_title,
	.scroll = label_scroll,
	.refresh = label_refresh,
};
