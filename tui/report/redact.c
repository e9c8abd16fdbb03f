/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/report/redact.h"

#include "tui/report/identities_internal.h"
#include "tui/report/view.h"

/* Between a local part and its domain, squashed: `at`, `40`, `domain=`, `span`. */
#define GAP_MAX 16
/* What was taken out can bring together what stood apart. */
#define ROUNDS_MAX 8
/* Bytes of all views for each byte that is looked through, and at least. */
#define BUDGET_FACTOR 400
#define BUDGET_LEAST ((size_t)8 << 20)

/* ---- a search through all views ---- */

/* Runs within runs. */
#define DECODED_MAX 3
/* Escapes of escapes. */
#define ESCAPED_MAX 4

/* What is found, best first: what stands together and in order; what does not, which takes more of
 * what stands around it; and parts of addresses, once whole ones are gone. */
enum class { CLASS_NEAR, CLASS_FAR, CLASS_GUESS, CLASSES };

struct search {
	const struct identities *identities;
	enum redact_extent extent;
	bool first_only;
	bool flat;              /* undo nothing */
	bool far;               /* the view that is searched */
	GArray *found[CLASSES]; /* of struct view_place */
	GHashTable *seen;
	size_t budget;
	bool exhausted;
};

static const GArray *best(const struct search *search)
{
	for (int i = 0; i < CLASSES; i++)
		if (search->found[i]->len)
			return search->found[i];
	return NULL;
}

static bool is_over(const struct search *search)
{
	return search->exhausted || (search->first_only && best(search));
}

static void note(struct search *search, struct view_place place, bool guess)
{
	enum class class = guess ? CLASS_GUESS : search->far ? CLASS_FAR : CLASS_NEAR;

	g_array_append_val(search->found[class], place);
}

/* ---- in squashed text ---- */

/* The view, and it squashed. */
struct text {
	const struct view *view, *squashed;
};

static size_t start_in_view(const struct text *text, size_t i)
{
	return text->squashed->places[i].from;
}

static size_t end_in_view(const struct text *text, size_t i)
{
	return text->squashed->places[i].to;
}

static bool is_word_byte(char c)
{
	return g_ascii_isalnum(c) || (guchar)c >= 0x80;
}

static bool begins_word(const struct text *text, size_t i)
{
	size_t start = start_in_view(text, i);

	return !start || !is_word_byte(text->view->bytes[start - 1]);
}

static bool ends_word(const struct text *text, size_t i)
{
	size_t end = end_in_view(text, i);

	return end >= text->view->len || !is_word_byte(text->view->bytes[end]);
}

static void note_text(
	struct search *search, const struct text *text, size_t from, size_t to, bool guess)
{
	note(search,
		view_place_of(text->view, start_in_view(text, from), end_in_view(text, to - 1)),
		guess);
}

/* Short local parts are in every text: they count only where nothing but a sign stands between. */
static bool is_near(const struct text *text, size_t from, size_t len, size_t gap)
{
	static const char *const signs[] = {"40", "2540", "3d", "253d", "at", "x40", "u0040"};
	const char *between = text->squashed->bytes + from + len;

	if (!gap || len >= NEEDLE_MIN)
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(signs); i++)
		if (strlen(signs[i]) == gap && memcmp(signs[i], between, gap) == 0)
			return begins_word(text, from);
	return false;
}

/* The local part before the domain at `domain`: where it begins; G_MAXSIZE: it is not there. */
static size_t local_before(const struct text *text, const char *local, size_t domain)
{
	const char *bytes = text->squashed->bytes;
	size_t len = strlen(local);

	for (size_t gap = 0; gap <= GAP_MAX && domain >= gap + len; gap++) {
		size_t from = domain - gap - len;

		if (memcmp(bytes + from, local, len) == 0 && is_near(text, from, len, gap))
			return from;
	}
	return G_MAXSIZE;
}

/* The local part behind the domain that ends at `end`: where it ends; 0: it is not there. It must
 * stand for itself: so much follows a domain. */
static size_t local_behind(const struct text *text, const char *local, size_t end)
{
	const struct view *squashed = text->squashed;
	size_t len = strlen(local), most = len < NEEDLE_MIN ? 0 : GAP_MAX;

	for (size_t gap = 0; gap <= most && end + gap + len <= squashed->len; gap++) {
		size_t from = end + gap;

		if (memcmp(squashed->bytes + from, local, len) == 0 && begins_word(text, from) &&
			ends_word(text, from + len - 1))
			return from + len;
	}
	return 0;
}

static void look_for_locals(
	struct search *search, const struct text *text, const struct needle *needle, size_t at)
{
	for (guint i = 0; i < needle->locals->len; i++) {
		const char *local = needle->locals->pdata[i];
		size_t before = local_before(text, local, at);
		size_t behind = local_behind(text, local, at + needle->len);

		if (before != G_MAXSIZE)
			note_text(search, text, before, at + needle->len, false);
		if (behind)
			note_text(search, text, at, behind, false);
	}
}

/* `example organisation` is no domain: between its labels stands a sign, or `dot`. */
static bool is_joined(const struct text *text, size_t from, size_t len)
{
	for (size_t i = from + 1; i < from + len; i++) {
		size_t end = end_in_view(text, i - 1), start = start_in_view(text, i);

		for (size_t n = end; n < start; n++)
			if (g_ascii_isspace(text->view->bytes[n]) &&
				!memmem(text->squashed->bytes + from, len, "dot", 3))
				return false;
	}
	return true;
}

/* `40example.org` is `@example.org` to some. */
static bool begins_domain(const struct text *text, size_t at)
{
	const char *bytes = text->squashed->bytes;

	return begins_word(text, at) || (at >= 2 && (memcmp(bytes + at - 2, "40", 2) == 0 ||
							    memcmp(bytes + at - 2, "3d", 2) == 0 ||
							    memcmp(bytes + at - 2, "2e", 2) == 0));
}

/* Back over what belongs to an address or a host name: `trap.7@mail.` */
static size_t address_start(const char *bytes, size_t at)
{
	while (at && (is_word_byte(bytes[at - 1]) ||
			     (bytes[at - 1] && strchr("@.-_+=%~", bytes[at - 1]))))
		at--;
	return at;
}

static bool names_mailbox(char c)
{
	return c && strchr("@=%", c);
}

static void note_domain(struct search *search, const struct text *text, size_t at, size_t len)
{
	size_t from = start_in_view(text, at), to = end_in_view(text, at + len - 1);
	size_t start = address_start(text->view->bytes, from);

	for (size_t i = start; i < from; i++)
		if (names_mailbox(text->view->bytes[i])) {
			from = start;
			break;
		}
	note(search, view_place_of(text->view, from, to), false);
}

static void look_at_domain(
	struct search *search, const struct text *text, const struct needle *needle, size_t at)
{
	if (needle->secret && is_joined(text, at, needle->len) && begins_domain(text, at) &&
		ends_word(text, at + needle->len - 1))
		note_domain(search, text, at, needle->len);
	look_for_locals(search, text, needle, at);
}

static void look_at_squashed(
	struct search *search, const struct text *text, const struct needle *needle, size_t at)
{
	bool wanted = needle->secret || search->extent == REDACT_GUESSES;

	if (at + needle->len > text->squashed->len ||
		memcmp(text->squashed->bytes + at, needle->bytes, needle->len) != 0)
		return;
	if (needle->kind == NEEDLE_DOMAIN)
		look_at_domain(search, text, needle, at);
	else if (needle->kind == NEEDLE_JOINED)
		note_text(search, text, at, at + needle->len, false);
	else if (wanted && begins_word(text, at) && ends_word(text, at + needle->len - 1))
		note_text(search, text, at, at + needle->len, !needle->secret);
}

static void search_squashed(struct search *search, const struct view *view)
{
	struct view *squashed = view_squashed(view);
	struct text text = {view, squashed};

	for (size_t i = 0; i < squashed->len && !is_over(search); i++) {
		const GPtrArray *list = needles_at(
			search->identities->squashed, squashed->bytes + i, squashed->len - i);

		for (guint n = 0; list && n < list->len; n++)
			look_at_squashed(search, &text, list->pdata[n], i);
	}
	view_free(squashed);
}

/* ---- in bytes as they stand ---- */

static void search_literals(struct search *search, const struct view *view)
{
	for (size_t i = 0; i < view->len && !is_over(search); i++) {
		const GPtrArray *list =
			needles_at(search->identities->literals, view->bytes + i, view->len - i);

		for (guint n = 0; list && n < list->len; n++) {
			const struct needle *needle = list->pdata[n];
			size_t from = i + needle->mark;

			if (i + needle->len <= view->len &&
				memcmp(view->bytes + i, needle->bytes, needle->len) == 0)
				note(search, view_place_of(view, from, from + needle->mark_len),
					false);
		}
	}
}

static size_t common_prefix(const char *at, size_t left, const struct needle *needle)
{
	size_t len = 0;

	while (len < needle->len && len < left && at[len] == needle->bytes[len])
		len++;
	return len;
}

/* In what a run of an alphabet decodes to. */
static void search_digests(void *user, const struct view_run *run)
{
	struct search *search = user;
	struct span bytes = run->bytes;

	for (size_t i = 0; i < bytes.len && !is_over(search); i++) {
		const GPtrArray *list =
			needles_at(search->identities->digests, bytes.ptr + i, bytes.len - i);

		for (guint n = 0; list && n < list->len; n++) {
			size_t len = common_prefix(bytes.ptr + i, bytes.len - i, list->pdata[n]);

			if (len >= NEEDLE_DIGEST_PREFIX)
				note(search, view_run_place(run, i, i + len), false);
		}
	}
}

/* ---- view after view ---- */

/* On the way to a view. */
struct path {
	guint8 decoded; /* runs within runs */
	bool far;       /* layout was undone, or the order of bytes */
};

static void explore(struct search *search, const struct view *view, struct path path);

static void explore_and_free(struct search *search, struct view *view, struct path path)
{
	if (view && !is_over(search))
		explore(search, view, path);
	view_free(view);
}

static void explore_alphabet(struct search *search, const struct view *view,
	enum view_alphabet alphabet, struct path path)
{
	GArray *runs = view_runs(view, alphabet);
	size_t shortest = search->identities->shortest;

	if (!runs)
		return;
	for (unsigned phase = 0; phase < view_phases(alphabet) && !is_over(search); phase++) {
		search->far = path.far;
		explore_and_free(
			search, view_decoded(runs, phase, shortest, search_digests, search), path);
	}
	explore_and_free(search, view_inflated(runs, shortest, &search->exhausted), path);
	g_array_unref(runs);
}

static char *memory_of(const struct view *view, struct path path)
{
	g_autofree char *sum = g_compute_checksum_for_data(
		G_CHECKSUM_SHA256, (const guchar *)view->bytes, view->len);

	return g_strdup_printf("%d %d %s", path.decoded, path.far, sum);
}

/* False where the same bytes were looked at; from far they need not be looked at again. */
static bool is_unseen(struct search *search, const struct view *view, struct path path)
{
	g_autofree char *near = memory_of(view, (struct path){path.decoded, false});

	return !g_hash_table_contains(search->seen, near) &&
	       g_hash_table_add(search->seen, memory_of(view, path));
}

/* The view as it is, and what is encoded in it. Returns whether it was not looked at before. */
static bool look_at(struct search *search, const struct view *view, struct path path)
{
	struct path next = {path.decoded + 1, path.far};

	if (is_over(search) || !is_unseen(search, view, path))
		return false;
	search->exhausted |= view->len > search->budget;
	search->budget -= MIN(view->len, search->budget);
	search->far = path.far;
	search_squashed(search, view);
	search_literals(search, view);
	for (enum view_alphabet alphabet = 0;
		!search->flat && path.decoded < DECODED_MAX && alphabet < VIEW_ALPHABETS;
		alphabet++)
		explore_alphabet(search, view, alphabet, next);
	return true;
}

/* The view and what it is without its layout; `turned`: also backwards and in rot13. */
static void look_around(
	struct search *search, const struct view *view, struct path path, bool turned)
{
	static struct view *(*const ways[])(const struct view *view) = {
		view_untagged, view_joined, view_reversed, view_rot13};
	struct path far = {path.decoded, true};

	if (!look_at(search, view, path) || search->flat)
		return;
	for (size_t i = 0; i < (turned ? 4 : 2) && !is_over(search); i++) {
		struct view *other = ways[i](view);

		if (other)
			look_at(search, other, far);
		view_free(other);
	}
}

/* The escapes undone again and again, for as long as that changes anything. Only of the common ones
 * the result is turned round: the others are hardly in what is. */
static void unescape(
	struct search *search, const struct view *view, unsigned escapes, struct path path)
{
	struct view *last = NULL;

	for (int i = 0; i < ESCAPED_MAX && !is_over(search); i++) {
		struct view *next = view_unescaped(last ? last : view, escapes);

		if (!next)
			break;
		look_around(search, next, path, escapes == VIEW_COMMON && !i);
		view_free(last);
		last = next;
	}
	view_free(last);
}

static void explore(struct search *search, const struct view *view, struct path path)
{
	look_around(search, view, path, true);
	if (search->flat)
		return;
	unescape(search, view, VIEW_COMMON, path);
	unescape(search, view, VIEW_COMMON | VIEW_QUOTED, path);
	unescape(search, view, VIEW_COMMON | VIEW_SIGNED, path);
	unescape(search, view, VIEW_COMMON | VIEW_QUOTED | VIEW_SIGNED, path);
}

static void search_begin(struct search *search, size_t size)
{
	search->budget = MAX(size * BUDGET_FACTOR, BUDGET_LEAST);
	search->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (int i = 0; i < CLASSES; i++)
		search->found[i] = g_array_new(FALSE, FALSE, sizeof(struct view_place));
	search->exhausted = size > REDACT_MAX_SIZE;
}

static void search_end(struct search *search)
{
	g_hash_table_unref(search->seen);
	for (int i = 0; i < CLASSES; i++)
		g_array_unref(search->found[i]);
}

static void search_bytes(struct search *search, struct span bytes)
{
	struct view *view;

	search_begin(search, bytes.len);
	if (search->exhausted)
		return;
	view = view_new(bytes);
	explore(search, view, (struct path){0});
	view_free(view);
}

/* ---- replacing ---- */

static gint compare_places(gconstpointer a, gconstpointer b)
{
	const struct view_place *left = a, *right = b;

	return left->from < right->from ? -1 : left->from > right->from;
}

static GString *replaced(struct span bytes, const GArray *found)
{
	g_autoptr(GArray) places = g_array_copy((GArray *)found);
	GString *result = g_string_sized_new(bytes.len);
	size_t at = 0;

	g_array_sort(places, compare_places);
	for (guint i = 0; i < places->len; i++) {
		struct view_place place = g_array_index(places, struct view_place, i);

		if (place.from >= at) {
			g_string_append_len(result, bytes.ptr + at, (gssize)(place.from - at));
			g_string_append(result, REDACTED);
		}
		at = MAX(at, place.to);
	}
	g_string_append_len(result, bytes.ptr + at, (gssize)(bytes.len - at));
	return result;
}

/* Replaces the best of what is found in `*bytes`. */
static enum {
	CLEAN,
	REPLACED,
	FAILED
} clean(const struct identities *identities, GString **bytes, enum redact_extent extent)
{
	struct search search = {.identities = identities, .extent = extent};
	GString *before = *bytes;
	bool exhausted;
	const GArray *found;

	search_bytes(&search, span_from_string(before));
	exhausted = search.exhausted;
	found = best(&search);
	if (found && !exhausted) {
		*bytes = replaced(span_from_string(before), found);
		g_string_free(before, TRUE);
	}
	search_end(&search);
	return exhausted ? FAILED : found ? REPLACED : CLEAN;
}

GString *redact_bytes(
	const struct identities *identities, struct span bytes, enum redact_extent extent)
{
	GString *result = g_string_new_len(bytes.ptr, (gssize)bytes.len);

	for (int round = 0; round < ROUNDS_MAX; round++) {
		int status = clean(identities, &result, extent);

		if (status == CLEAN)
			return result;
		if (status == FAILED)
			break;
	}
	g_string_free(result, TRUE);
	return NULL;
}

char *redact_text(const struct identities *identities, const char *text)
{
	GString *result = redact_bytes(identities, span_from(text), REDACT_GUESSES);

	return result ? g_string_free(result, FALSE) : g_strdup(REDACTED);
}

/* ---- finding ---- */

static char *found_text(struct search *search, struct span bytes)
{
	struct view_place place;

	search_bytes(search, bytes);
	if (search->exhausted)
		return g_strdup("more than can be looked through");
	if (!best(search))
		return NULL;
	place = g_array_index(best(search), struct view_place, 0);
	return g_strndup(bytes.ptr + place.from, MIN(place.to - place.from, 200));
}

/* Of what was looked through in vain. */
static char *digest_of(struct span bytes, enum redact_extent extent)
{
	g_autofree char *sum = g_compute_checksum_for_data(
		G_CHECKSUM_SHA256, (const guchar *)bytes.ptr, bytes.len);

	return g_strdup_printf("%d %s", (int)extent, sum);
}

char *redact_find(const struct identities *identities, struct span bytes, enum redact_extent extent)
{
	struct search search = {.identities = identities, .extent = extent, .first_only = true};
	char *digest = digest_of(bytes, extent), *what;

	if (g_hash_table_contains(identities->clean, digest)) {
		g_free(digest);
		return NULL;
	}
	what = found_text(&search, bytes);
	search_end(&search);
	if (what)
		g_free(digest);
	else
		g_hash_table_add(identities->clean, digest);
	return what;
}

bool redact_stands(const struct identities *identities, struct span bytes)
{
	struct search search = {.identities = identities, .first_only = true, .flat = true};
	g_autofree char *what = found_text(&search, bytes);

	search_end(&search);
	return what != NULL;
}
