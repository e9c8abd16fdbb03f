/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The event loop, the stack of screens, and what stands around every screen: the title bar, the
 * status line, prompts, messages.
 */
#include "tui/app.h"

#include "rules/pending.h"
#include "tui/mail/message.h"
#include "tui/paths.h"
#include "tui/screen/label.h"
#include "tui/screen/picker.h"
#include "tui/script.h"
#include "tui/term.h"

#include <curses.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <unistd.h>

/* How often the store is asked whether somebody changed it, while nothing else happens. */
#define STORE_WATCH_MS 2000
/* Ends what is asked without an answer. */
#define KEY_CANCEL_PROMPT 0x1B
/* Kept of the history of the query line. */
#define QUERIES_MAX 200

struct app_loop {
	struct screen *top;
	GPtrArray *closed; /* screens to free when no function of theirs runs any more */
	bool quit;
	bool changed;
	char *message; /* at the bottom, until the next key; NULL */
	bool message_bad;
	struct script *script; /* NULL: interactive */
	char *ruleset_dir, *pending_dir;

	/* While something is asked. */
	struct prompt *prompt;
	char *question; /* yes or no */
	struct screen *asker;
	void (*answered)(struct screen *screen, const char *text);
	void (*confirmed)(struct screen *screen);
};

/* ---- the stack ---- */

static void screen_close(struct screen *screen)
{
	screen->ops->close(screen);
	g_free(screen->state);
	g_free(screen);
}

static void forget_question(struct app_loop *loop)
{
	g_clear_pointer(&loop->prompt, prompt_free);
	g_clear_pointer(&loop->question, g_free);
	loop->asker = NULL;
}

bool app_push(struct app *app, const struct screen_ops *ops, const void *argument)
{
	struct screen *screen = g_new0(struct screen, 1);
	GError *error = NULL;

	screen->ops = ops;
	screen->app = app;
	screen->state = g_malloc0(ops->state_size);
	if (!ops->open(screen, argument, &error)) {
		screen_close(screen);
		app_error(app, error);
		return false;
	}
	screen->below = app->loop->top;
	app->loop->top = screen;
	app_changed(app);
	return true;
}

void app_pop(struct app *app)
{
	struct screen *screen = app->loop->top;

	app->loop->top = screen->below;
	if (app->loop->asker == screen)
		forget_question(app->loop);
	g_ptr_array_add(app->loop->closed, screen);
	if (!app->loop->top)
		app_quit(app);
	else if (app->loop->top->ops->refresh)
		app->loop->top->ops->refresh(app->loop->top);
	app_changed(app);
}

void app_quit(struct app *app)
{
	app->loop->quit = true;
}

void app_changed(struct app *app)
{
	app->loop->changed = true;
}

gint64 app_now(const struct app *app)
{
	return app->loop->script ? script_now(app->loop->script)
				 : g_get_real_time() / G_USEC_PER_SEC;
}

static void refresh_all(struct app *app)
{
	for (struct screen *screen = app->loop->top; screen; screen = screen->below)
		if (screen->ops->refresh)
			screen->ops->refresh(screen);
	app_changed(app);
}

void app_store_changed(struct app *app)
{
	refresh_all(app);
}

/* ---- messages and questions ---- */

static void say(struct app *app, bool bad, char *text)
{
	g_free(app->loop->message);
	app->loop->message = text;
	app->loop->message_bad = bad;
	app_changed(app);
}

void app_report(struct app *app, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(app, false, g_strdup_vprintf(format, args));
	va_end(args);
}

void app_error(struct app *app, GError *error)
{
	say(app, true, g_strdup(error ? error->message : "that failed"));
	g_clear_error(&error);
}

void app_ask(struct app *app, const char *label, const char *initial, GPtrArray *history,
	prompt_complete_fn complete, void (*done)(struct screen *screen, const char *text),
	struct screen *screen)
{
	forget_question(app->loop);
	app->loop->prompt = prompt_new(label, initial, history, complete, app);
	app->loop->answered = done;
	app->loop->asker = screen;
	app_changed(app);
}

void app_confirm(struct app *app, struct screen *screen, void (*yes)(struct screen *screen),
	const char *format, ...)
{
	va_list args;

	forget_question(app->loop);
	va_start(args, format);
	app->loop->question = g_strdup_vprintf(format, args);
	va_end(args);
	app->loop->confirmed = yes;
	app->loop->asker = screen;
	app_changed(app);
}

static void prompt_pressed(struct app_loop *loop, int key)
{
	enum prompt_result result = prompt_key(loop->prompt, key);
	struct screen *asker = loop->asker;

	if (result == PROMPT_EDITING)
		return;
	g_autofree char *text = result == PROMPT_DONE ? g_strdup(prompt_text(loop->prompt)) : NULL;
	forget_question(loop);
	loop->answered(asker, text);
}

static void question_pressed(struct app *app, int key)
{
	struct screen *asker = app->loop->asker;

	forget_question(app->loop);
	if (key == 'y' || key == 'Y')
		app->loop->confirmed(asker);
	else
		app_report(app, "nothing was changed");
}

/* ---- keys of every screen ---- */

static struct scroll *scroll_of(struct screen *screen)
{
	return screen->ops->scroll ? screen->ops->scroll(screen) : NULL;
}

static void move_by(struct screen *screen, long lines)
{
	struct scroll *scroll = scroll_of(screen);

	if (scroll)
		scroll_by(scroll, lines);
}

static void act_down(struct screen *screen)
{
	move_by(screen, 1);
}

static void act_up(struct screen *screen)
{
	move_by(screen, -1);
}

static void act_page_down(struct screen *screen)
{
	struct scroll *scroll = scroll_of(screen);

	if (scroll)
		scroll_by(scroll, scroll_page(scroll));
}

static void act_page_up(struct screen *screen)
{
	struct scroll *scroll = scroll_of(screen);

	if (scroll)
		scroll_by(scroll, -scroll_page(scroll));
}

static void act_first(struct screen *screen)
{
	struct scroll *scroll = scroll_of(screen);

	if (scroll)
		scroll_to(scroll, 0);
}

static void act_last(struct screen *screen)
{
	struct scroll *scroll = scroll_of(screen);

	if (scroll)
		scroll_to(scroll, scroll->count);
}

static void act_back(struct screen *screen)
{
	app_pop(screen->app);
}

static void act_quit(struct screen *screen)
{
	app_quit(screen->app);
}

static void act_help(struct screen *screen)
{
	if (screen->ops != &screen_help)
		app_push(screen->app, &screen_help, screen);
}

static void act_history(struct screen *screen)
{
	if (screen->ops != &screen_history)
		app_push(screen->app, &screen_history, NULL);
}

static void act_redraw(struct screen *screen)
{
	(void)screen;
	term_redraw();
}

static void act_defang(struct screen *screen)
{
	screen->app->defang = !screen->app->defang;
	app_report(
		screen->app, "URLs are shown %s", screen->app->defang ? "defanged" : "as they are");
	refresh_all(screen->app);
}

static void act_undo(struct screen *screen)
{
	struct app *app = screen->app;
	GError *error = NULL;
	g_autofree char *what = undo_last(app->undo, app->tagger, app->repo, &error);

	if (!what) {
		app_error(app, error);
		return;
	}
	if (!app_reload_rules(app, &error)) {
		app_error(app, error);
		return;
	}
	app_report(app, "undone: %s", what);
}

static void resume(struct screen *screen, const char *name)
{
	g_autoptr(GPtrArray) list = pending_list(app_pending_dir(screen->app));

	for (guint i = 0; i < list->len; i++) {
		const struct pending *kept = list->pdata[i];
		struct label_request request = {.kept = kept};

		if (strcmp(kept->name, name) == 0) {
			app_push(screen->app, &screen_label, &request);
			return;
		}
	}
}

static void act_drafts(struct screen *screen)
{
	struct app *app = screen->app;
	g_autoptr(GPtrArray) list = pending_list(app_pending_dir(app));
	g_autofree struct picker_item *items = g_new0(struct picker_item, list->len + 1);
	struct picker_spec spec = {"Drafts that are not committed", items, list->len, NULL, resume};

	for (guint i = 0; i < list->len; i++)
		items[i].value = ((struct pending *)list->pdata[i])->name;
	if (!list->len)
		app_report(app, "no draft waits to be committed");
	else if (screen->ops == &screen_label)
		app_report(app, "leave this draft first");
	else if (list->len == 1)
		resume(screen, items[0].value);
	else
		app_push(app, &screen_picker, &spec);
}

const struct binding app_bindings[] = {
	{"j Down", "down", "go down a line", false, act_down},
	{"k Up", "up", "go up a line", false, act_up},
	{"PgDn Space ^F", "page down", "go down a page", false, act_page_down},
	{"PgUp ^B", "page up", "go up a page", false, act_page_up},
	{"Home <", "first", "go to the first line", false, act_first},
	{"End >", "last", "go to the last line", false, act_last},
	{"u", "undo", "undo the last label: its tags and its rule", true, act_undo},
	{"g", "history", "history of the ruleset", true, act_history},
	{"P", "drafts", "go on with a draft that was not committed", false, act_drafts},
	{"D", "defang", "show URLs defanged, or as they are", false, act_defang},
	{"?", "help", "all keys of this screen", false, act_help},
	{"q Esc", "back", "go back; on the first screen, quit", false, act_back},
	{"Q", "quit", "quit espial", false, act_quit},
	{"^L", "redraw", "paint the screen again", false, act_redraw},
	{0},
};

/* ^C: out of what is asked, else out of the console. */
static void interrupt(struct app *app)
{
	struct app_loop *loop = app->loop;

	if (loop->prompt)
		prompt_pressed(loop, KEY_CANCEL_PROMPT);
	else if (loop->question)
		question_pressed(app, KEY_CANCEL_PROMPT);
	else if (loop->top->ops->key)
		app_pop(app);
	else
		app_quit(app);
}

/* Keys that nobody can see the effect of do nothing, but for the way out. */
static bool too_small(void)
{
	struct canvas all = term_canvas();

	return all.width < TERM_MIN_WIDTH || all.height < TERM_MIN_HEIGHT;
}

static void press(struct app *app, int key)
{
	struct app_loop *loop = app->loop;
	struct screen *top = loop->top;
	const struct binding *binding;

	g_clear_pointer(&loop->message, g_free);
	app_changed(app);
	if (key == ('C' ^ 0x40)) {
		interrupt(app);
		return;
	}
	if (key == KEYS_SPECIAL + KEY_RESIZE || (too_small() && key != 'Q'))
		return;
	if (loop->prompt) {
		prompt_pressed(loop, key);
		return;
	}
	if (loop->question) {
		question_pressed(app, key);
		return;
	}
	if (top->ops->key && top->ops->key(top, key))
		return;
	binding = binding_find(top->ops->bindings, key);
	if (!binding)
		binding = binding_find(app_bindings, key);
	if (binding)
		binding->act(top);
	else
		app_report(app, "%s is not a key here; ? shows those that are", key_name(key));
}

/* ---- drawing ---- */

static int draw_keys(const struct canvas *canvas, int y, int x, const struct binding *table)
{
	for (; table && table->name; table++) {
		g_autofree char *key = g_strndup(table->keys, strcspn(table->keys, " "));
		int needed = (int)(strlen(key) + strlen(table->name)) + 3;

		if (!table->in_status || x + needed > canvas->width)
			continue;
		x += canvas_text(canvas, y, x, needed, key, STYLE_KEY) + 1;
		x += canvas_text(canvas, y, x, needed, table->name, STYLE_STATUS) + 2;
	}
	return x;
}

/* The way to all other keys, and out, is always in sight: at the right. Returns where it begins. */
static int draw_way_out(const struct canvas *canvas, int y)
{
	static const char way[] = "? help  q back ";
	int x = canvas->width - (int)strlen(way);

	canvas_text(canvas, y, x, 1, "?", STYLE_KEY);
	canvas_text(canvas, y, x + 2, 4, "help", STYLE_STATUS);
	canvas_text(canvas, y, x + 8, 1, "q", STYLE_KEY);
	canvas_text(canvas, y, x + 10, 4, "back", STYLE_STATUS);
	return x;
}

/* On as many lines as it needs, over the body: what to do stands at the end of an error. */
static void draw_message(const struct app_loop *loop, const struct canvas *canvas, int y)
{
	enum style style = loop->message_bad ? STYLE_BAD : STYLE_STRONG;
	struct shown *shown = shown_new(span_from(loop->message));
	g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(struct shown_line));

	shown_wrap(shown, (unsigned)canvas->width, lines);
	int count = MIN((int)lines->len, canvas->height / 2);
	for (int i = 0; i < count; i++) {
		const struct shown_line *line = &g_array_index(lines, struct shown_line, i);
		size_t end = i + 1 < count ? line->first + line->count : shown->count;

		canvas_fill(canvas, y - count + 1 + i, 0, STYLE_NORMAL);
		canvas_cells(canvas, y - count + 1 + i, 0, canvas->width, shown, line->first,
			end - line->first, style);
	}
	shown_free(shown);
}

static void draw_bottom(struct app *app, const struct canvas *canvas, int y)
{
	struct app_loop *loop = app->loop;

	if (loop->prompt) {
		prompt_draw(loop->prompt, canvas, y);
		return;
	}
	if (loop->question) {
		static const char keys[] = " (y/n) ";
		int room = canvas->width - (int)strlen(keys);
		int x = canvas_text(canvas, y, 0, room, loop->question, STYLE_MARKED);

		x += canvas_text(canvas, y, x, canvas->width - x, keys, STYLE_MARKED);
		canvas_cursor(canvas, y, x);
		return;
	}
	if (loop->message) {
		draw_message(loop, canvas, y);
		return;
	}
	canvas_fill(canvas, y, 0, STYLE_STATUS);
	/* Where one types, letters are text. */
	if (loop->top->ops->key) {
		draw_keys(canvas, y, 1, loop->top->ops->bindings);
		return;
	}
	struct canvas left = *canvas;
	left.width = draw_way_out(canvas, y) - 1;
	int x = draw_keys(&left, y, 1, loop->top->ops->bindings);
	draw_keys(&left, y, x, app_bindings);
}

/* Narrower than this, the title has no room for what goes on in the background. */
#define WORKING_MIN_WIDTH 60

static void draw_title(struct screen *screen, const struct canvas *all)
{
	GString *title = g_string_new(NULL);
	const char *working = indexer_status(screen->app->indexer);
	int width = all->width - 2;

	screen->ops->title(screen, title);
	canvas_fill(all, 0, 0, STYLE_TITLE);
	if (working && all->width >= WORKING_MIN_WIDTH) {
		struct shown *shown = shown_new(span_from(working));
		int x = MAX(all->width - (int)shown->columns - 1, all->width / 2);

		width = x - 2;
		canvas_shown(all, 0, x, all->width - x, shown, STYLE_TITLE);
		shown_free(shown);
	}
	canvas_text(all, 0, 1, width, title->str, STYLE_TITLE);
	g_string_free(title, TRUE);
}

static void draw(struct app *app)
{
	struct canvas all = term_canvas();
	struct screen *top = app->loop->top;

	term_clear();
	if (too_small()) {
		canvas_printf(&all, 0, 0, all.width, STYLE_NORMAL, "at least %dx%d", TERM_MIN_WIDTH,
			TERM_MIN_HEIGHT);
	} else {
		struct canvas body = canvas_rows(&all, 1, all.height - 2);

		canvas_cursor(&all, all.height - 1, all.width - 1);
		top->ops->draw(top, &body);
		/* The body first: it tells how many lines there are. */
		draw_title(top, &all);
		draw_bottom(app, &all, all.height - 1);
	}
	term_refresh();
	app->loop->changed = false;
}

/* ---- the loop ---- */

static void free_closed(struct app *app)
{
	for (guint i = 0; i < app->loop->closed->len; i++)
		screen_close(app->loop->closed->pdata[i]);
	g_ptr_array_set_size(app->loop->closed, 0);
}

/* Other programs index and tag meanwhile. */
static void watch_store(struct app *app)
{
	GError *error = NULL;

	if (!store_changed(app->store))
		return;
	if (store_reopen(app->store, &error)) {
		indexer_run(app->indexer, app->matcher);
		refresh_all(app);
	} else {
		app_error(app, error);
	}
}

/* Somebody else committed to the ruleset. */
static void watch_ruleset(struct app *app)
{
	GError *error = NULL;

	if (!repo_moved(app->repo))
		return;
	if (app_reload_rules(app, &error))
		app_report(app, "the ruleset has changed: its rules were read again");
	else
		app_error(app, error);
}

/* While nothing else happens. */
static void tick(struct app *app)
{
	tagger_retry(app->tagger);
	watch_ruleset(app);
	watch_store(app);
}

static void wait_for_input(struct app *app, bool forever)
{
	struct pollfd fds[] = {
		{.fd = app->loop->script ? -1 : STDIN_FILENO, .events = POLLIN},
		{.fd = worker_fd(app->worker), .events = POLLIN},
		{.fd = term_signal_fd(), .events = POLLIN},
	};

	/* EINTR is a resize: curses turns it into a key. */
	if (poll(fds, G_N_ELEMENTS(fds), forever ? STORE_WATCH_MS : 0) == 0 && forever)
		tick(app);
	if (!app->loop->script && (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) &&
		!(fds[0].revents & POLLIN))
		app_quit(app);
}

static bool read_more(struct app *app)
{
	struct screen *top = app->loop->top;

	return top->ops->read && top->ops->read(top);
}

static int next_key(struct app *app, bool more)
{
	if (!app->loop->script)
		return term_key();
	/* Drawing may start jobs, for what came into sight. */
	if (!more && app->loop->changed)
		draw(app);
	if (more || !worker_idle(app->worker))
		return 0;
	return script_next_key(app->loop->script);
}

static void loop(struct app *app)
{
	while (!app->loop->quit && !term_ended()) {
		bool more = read_more(app);
		int key;

		if (worker_dispatch(app->worker))
			app_changed(app);
		key = next_key(app, more);
		if (key)
			press(app, key);
		else if (app->loop->script && script_ended(app->loop->script))
			app_quit(app);
		free_closed(app);
		if (app->loop->quit || key)
			continue;
		if (app->loop->changed)
			draw(app);
		wait_for_input(app, !more && !(app->loop->script && worker_idle(app->worker)));
	}
}

/* ---- labels ---- */

/* `+esp/x +tracker on 6 messages`, of what was changed. */
static char *changes_text(const GPtrArray *changes)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GHashTable) messages = g_hash_table_new(g_str_hash, g_str_equal);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < changes->len; i++) {
		const struct store_tag_change *change = changes->pdata[i];
		char *tag = g_strdup_printf("%c%s", change->add ? '+' : '-', change->tag);

		g_hash_table_add(messages, (gpointer)change->id);
		if (!g_hash_table_contains(seen, tag))
			g_string_append_printf(text, "%s ", tag);
		g_hash_table_add(seen, tag);
	}
	if (!changes->len)
		g_string_append(text, "nothing changed ");
	g_string_append_printf(text, "on %u message%s", g_hash_table_size(messages),
		g_hash_table_size(messages) == 1 ? "" : "s");
	return g_string_free(text, FALSE);
}

static void tags_progress(void *user, const char *what, unsigned done, unsigned total)
{
	if (done < total)
		app_report(user, "%s: %u of %u messages", what, done, total);
}

static void tags_written(
	void *user, guint batch, const char *what, GPtrArray *done, const GError *error)
{
	struct app *app = user;
	g_autofree char *changes = changes_text(done);

	bool undoable = undo_written(app->undo, batch, done);

	store_reopen(app->store, NULL);
	refresh_all(app);
	if (!error)
		app_report(app, "%s: %s%s", what, changes, undoable ? "; u undoes" : "");
	else if (g_error_matches(error, ESPIAL_ERROR, ESPIAL_ERROR_LOCKED))
		say(app, true,
			g_strdup_printf("%s: the store is locked by another program: %u label%s "
					"wait%s until it is free",
				what, tagger_waiting(app->tagger),
				tagger_waiting(app->tagger) == 1 ? "" : "s",
				tagger_waiting(app->tagger) == 1 ? "s" : ""));
	else
		say(app, true, g_strdup_printf("%s: %s: %s", what, changes, error->message));
}

/* ---- setting up ---- */

const char *app_ruleset_dir(struct app *app)
{
	return app->loop->ruleset_dir;
}

const char *app_pending_dir(struct app *app)
{
	return app->loop->pending_dir;
}

static struct repo *open_or_create(const char *dir, GError **error)
{
	GError *failed = NULL;
	struct repo *repo = repo_open(dir, &failed);

	if (repo || !g_error_matches(failed, ESPIAL_ERROR, ESPIAL_ERROR_NOT_FOUND)) {
		if (failed)
			g_propagate_error(error, failed);
		return repo;
	}
	g_error_free(failed);
	return repo_create(dir, paths_catalogue(), error);
}

static void report_problems(struct app *app, const struct problems *problems)
{
	if (!problems_count(problems))
		return;
	g_autofree char *first = problem_text(problems->list->pdata[0]);
	say(app, true,
		g_strdup_printf("%zu problem%s in the ruleset (espial rules check): %s",
			problems_count(problems), problems_count(problems) == 1 ? "" : "s", first));
}

bool app_reload_rules(struct app *app, GError **error)
{
	struct problems *problems = problems_new();
	struct ruleset *ruleset = ruleset_load(app->loop->ruleset_dir, problems, error);

	if (ruleset) {
		if (app->matcher)
			matcher_unref(app->matcher);
		app->matcher = matcher_new(ruleset);
		ruleset_unref(ruleset);
		report_problems(app, problems);
		indexer_run(app->indexer, app->matcher);
		refresh_all(app);
	}
	problems_free(problems);
	return ruleset != NULL;
}

static void read_queries(struct app *app)
{
	g_autofree char *path = paths_queries();
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL) || !g_utf8_validate(text, -1, NULL))
		return;
	lines = g_strsplit(text, "\n", QUERIES_MAX + 1);
	for (guint i = 0; lines[i] && i < QUERIES_MAX; i++)
		if (*lines[i])
			g_ptr_array_add(app->queries, g_strdup(lines[i]));
}

/* A history that cannot be written is no reason to complain. */
static void write_queries(const struct app *app)
{
	g_autofree char *path = paths_queries();
	g_autofree char *dir = g_path_get_dirname(path);
	guint first = app->queries->len > QUERIES_MAX ? app->queries->len - QUERIES_MAX : 0;
	GString *text = g_string_new(NULL);

	for (guint i = first; i < app->queries->len; i++)
		g_string_append_printf(text, "%s\n", (char *)app->queries->pdata[i]);
	if (text->len && g_mkdir_with_parents(dir, 0700) == 0)
		g_file_set_contents_full(
			path, text->str, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL);
	g_string_free(text, TRUE);
}

static void start_tagger(struct app *app)
{
	struct tagger_events events = {tags_progress, tags_written, app};
	g_autofree char *dir = paths_labels();

	app->tagger = tagger_new(app->worker, app->store, dir, &events);
	tagger_retry(app->tagger);
}

static void index_changed(void *user)
{
	app_changed(user);
}

/* A rule whose pattern took too long explains nothing any more: somebody must mend it. */
static void report_quarantined(struct app *app)
{
	struct problems *problems = problems_new();
	size_t count = matcher_quarantined(app->matcher, problems);

	if (count) {
		g_autofree char *first = problem_text(problems->list->pdata[0]);

		say(app, true,
			g_strdup_printf("%zu rule%s out of use until mended: %s", count,
				count == 1 ? " is" : "s are", first));
	}
	problems_free(problems);
}

/* Lists and counts look again. */
static void index_ended(void *user, const GError *error)
{
	struct app *app = user;

	if (error)
		say(app, true, g_strdup(error->message));
	else
		report_quarantined(app);
	refresh_all(app);
}

static bool start_index(struct app *app, GError **error)
{
	struct indexer_events events = {index_changed, index_ended, app};
	g_autofree char *dir = paths_index();
	g_autofree char *file = index_file(dir, store_path(app->store), app->loop->ruleset_dir);
	g_autoptr(GError) failed = NULL;

	app->index = index_open(file, &failed);
	if (failed) {
		say(app, true,
			g_strdup_printf("%s; it is made in a scratch directory", failed->message));
		app->index = index_open_scratch(error);
	}
	if (!app->index)
		return false;
	index_set_trust(app->index, app->settings->trust);
	app->indexer = indexer_new(app->worker, app->store, app->index, &events);
	return true;
}

static bool set_up(struct app *app, const struct app_options *options, GError **error)
{
	message_library_init();
	app->loop->ruleset_dir = paths_ruleset(options->ruleset);
	app->loop->pending_dir = paths_pending();
	app->store = store_open(&options->store, error);
	if (!app->store)
		return false;
	app->settings = settings_load(app->store);
	app->defang = app->settings->defang;
	read_queries(app);
	start_tagger(app);
	if (!start_index(app, error))
		return false;
	app->repo = open_or_create(app->loop->ruleset_dir, error);
	return app->repo && app_reload_rules(app, error);
}

static struct app *app_new(void)
{
	struct app *app = g_new0(struct app, 1);

	app->loop = g_new0(struct app_loop, 1);
	app->loop->closed = g_ptr_array_new();
	app->worker = worker_new();
	app->undo = undo_new();
	app->queries = g_ptr_array_new_with_free_func(g_free);
	return app;
}

static void app_free(struct app *app)
{
	tagger_free(app->tagger);
	indexer_free(app->indexer);
	/* Screens cancel their jobs, which the worker frees. */
	for (struct screen *screen = app->loop->top, *below; screen; screen = below) {
		below = screen->below;
		screen_close(screen);
	}
	worker_free(app->worker);
	free_closed(app);
	forget_question(app->loop);
	g_ptr_array_unref(app->loop->closed);
	g_free(app->loop->message);
	g_free(app->loop->ruleset_dir);
	g_free(app->loop->pending_dir);
	g_free(app->loop);
	write_queries(app);
	index_close(app->index);
	undo_free(app->undo);
	g_ptr_array_unref(app->queries);
	g_clear_pointer(&app->matcher, matcher_unref);
	repo_close(app->repo);
	store_close(app->store);
	settings_free(app->settings);
	g_free(app);
}

static void report_settings(struct app *app)
{
	if (app->settings->bad_trust)
		say(app, true,
			g_strdup_printf(
				"espial.trusted_relays or espial.authserv_id: %s is neither "
				"a network nor a host",
				app->settings->bad_trust));
}

static void report_pending(struct app *app)
{
	g_autoptr(GPtrArray) pending = pending_list(app->loop->pending_dir);

	if (pending->len)
		app_report(app, "%u draft%s not committed yet: P goes on with %s", pending->len,
			pending->len == 1 ? "" : "s", pending->len == 1 ? "it" : "them");
}

int app_run(const struct app_options *options)
{
	struct app *app = app_new();
	struct script *script = NULL;
	GError *error = NULL;
	int status = 1;

	if (options->script && !(script = script_read(options->script, &error)))
		goto out;
	if (!set_up(app, options, &error))
		goto out;
	if (script ? !term_start_in_memory(script_width(script), script_height(script))
		   : !term_start())
		goto out;
	app->loop->script = script;
	if (app_push(app, &screen_list, options->query ? options->query : app->settings->query)) {
		report_settings(app);
		if (!app->loop->message)
			report_pending(app);
		loop(app);
		status = script && script_failed(script) ? 1 : 0;
	}
out:
	term_stop();
	if (error || status) {
		g_autofree char *text = shown_plain(error                ? error->message
						    : app->loop->message ? app->loop->message
									 : "");
		if (*text)
			g_printerr("espial: %s\n", text);
		g_clear_error(&error);
	}
	app_free(app);
	script_free(script);
	return status;
}

/* ---- the editor ---- */

static bool run_editor(const char *path, GError **error)
{
	const char *editor = g_getenv("VISUAL") ? g_getenv("VISUAL") : g_getenv("EDITOR");
	g_auto(GStrv) words = NULL;
	int count, status;

	if (!g_shell_parse_argv(editor && *editor ? editor : "vi", &count, &words, error))
		return false;
	words = g_renew(char *, words, (gsize)count + 2);
	words[count] = g_strdup(path);
	words[count + 1] = NULL;
	term_suspend();
	bool ran =
		g_spawn_sync(NULL, words, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_CHILD_INHERITS_STDIN,
			NULL, NULL, NULL, NULL, &status, error);
	term_resume();
	return ran && g_spawn_check_wait_status(status, error);
}

char *app_edit(struct app *app, const char *text, const char *suffix, GError **error)
{
	g_autofree char *template = g_strdup_printf("espial-XXXXXX%s", suffix);
	g_autofree char *path = NULL;
	char *edited = NULL;
	int fd = g_file_open_tmp(template, &path, error);

	if (fd < 0)
		return NULL;
	close(fd);
	if (g_file_set_contents(path, text, -1, error) && run_editor(path, error))
		g_file_get_contents(path, &edited, NULL, error);
	g_unlink(path);
	app_changed(app);
	return edited;
}
