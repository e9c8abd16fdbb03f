/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Volume as a table, CSV, JSON and SVG: what is written must be well-formed whatever names hold,
 * and hold the figures; the chart is also rendered, and its colours counted.
 */
#include "tui/volume_export.h"

#include "tests/unit/scratch.h"

#include <jansson.h>
#include <locale.h>
#include <string.h>
#include <zlib.h>

#define HOSTILE "a,\"b\"\r\n=<&>\x01\xff\u202e"

static guint32 day(const char *text)
{
	guint32 number;

	if (!days_parse(text, &number))
		fail_msg("no day: %s", text);
	return number;
}

/* ---- made counts ---- */

static void add_series(struct volume *volume, const char *esp, const guint32 *counts)
{
	struct volume_series *series = g_new0(struct volume_series, 1);

	series->esp = g_strdup(esp);
	series->counts = g_memdup2(counts, volume->buckets->len * sizeof(*counts));
	for (guint i = 0; i < volume->buckets->len; i++)
		series->total += counts[i];
	g_ptr_array_add(volume->series, series);
}

static struct volume *make_volume(enum volume_by by, const char *from, guint days, guint count)
{
	struct volume *volume = g_new0(struct volume, 1);

	volume->by = by;
	volume->buckets = g_array_new(FALSE, TRUE, sizeof(struct volume_bucket));
	volume->series = g_ptr_array_new();
	for (guint i = 0; i < count; i++) {
		struct volume_bucket bucket = {
			day(from) + i * days, day(from) + (i + 1) * days - 1, i};

		g_array_append_val(volume->buckets, bucket);
		volume->messages += i;
	}
	return volume;
}

static void made_free(struct volume *volume)
{
	for (guint i = 0; i < volume->series->len; i++) {
		struct volume_series *series = volume->series->pdata[i];

		g_free(series->esp);
		g_free(series->counts);
		g_free(series);
	}
	volume_free(volume);
}

/* Three weeks of two providers and the others. */
static struct volume *three_weeks(const char *name)
{
	static const guint32 counts[3][3] = {{1, 20, 300}, {0, 40, 0}, {5, 0, 5}};
	struct volume *volume = make_volume(VOLUME_WEEK, "2025-12-22", 7, 3);

	add_series(volume, name, counts[0]);
	add_series(volume, "beta", counts[1]);
	add_series(volume, NULL, counts[2]);
	volume->esps = 5;
	return volume;
}

/* ---- CSV ---- */

static void test_csv(void **state)
{
	struct volume *volume = three_weeks("alpha");
	struct volume_export export = {.volume = volume};
	g_autofree char *csv = volume_csv(&export);

	(void)state;
	assert_string_equal(csv, "week,messages,alpha,beta,(others)\r\n"
				 "2025-12-22,0,1,0,5\r\n"
				 "2025-12-29,1,20,40,0\r\n"
				 "2026-01-05,2,300,0,5\r\n");
	made_free(volume);
}

static void test_csv_quotes(void **state)
{
	struct volume *volume = three_weeks("a,\"b\"\r\nc");
	struct volume_export export = {.volume = volume};
	g_autofree char *csv = volume_csv(&export);

	(void)state;
	assert_true(g_str_has_prefix(
		csv, "week,messages,\"a,\"\"b\"\"\r\nc\",beta,(others)\r\n2025-12-22,"));
	made_free(volume);
}

static void test_csv_of_months(void **state)
{
	struct volume *volume = make_volume(VOLUME_MONTH, "2026-11-01", 30, 1);
	struct volume_export export = {.volume = volume};
	g_autofree char *csv = volume_csv(&export);

	(void)state;
	assert_string_equal(csv, "month,messages\r\n2026-11,0\r\n");
	made_free(volume);
}

/* ---- facts ---- */

static GPtrArray *make_facts(struct volume_facts *facts)
{
	GPtrArray *list = g_ptr_array_new();

	g_ptr_array_add(list, facts);
	return list;
}

static GHashTable *make_changes(struct volume_change *change)
{
	GHashTable *changes = g_hash_table_new(g_str_hash, g_str_equal);

	g_hash_table_insert(changes, "alpha", change);
	return changes;
}

static struct volume_facts facts = {.esp = "alpha",
	.messages = 400,
	.off = 90,
	.on = 10,
	.domains = 7,
	.trial = 100,
	.first = 1766620800, /* 2025-12-25 */
	.last = 1767916800}; /* 2026-01-09 */
static struct volume_change change = {.before = 56,
	.before_days = 28,
	.after = 30,
	.after_days = 20,
	.recent = 7,
	.recent_days = 14,
	.recent_active = 5,
	.outcome = VOLUME_IMPROVED};

static void test_table(void **state)
{
	struct volume *volume = three_weeks("alpha");
	g_autoptr(GPtrArray) list = make_facts(&facts);
	g_autoptr(GHashTable) changes = make_changes(&change);
	struct volume_export export = {.volume = volume,
		.off_network = true,
		.facts = list,
		.has_trial = true,
		.changes = changes};
	g_autofree char *table = NULL;

	(void)state;
	change.notified = day("2026-01-01");
	volume->later = 3;
	volume->cut = true;
	table = volume_table(&export);
	assert_string_equal(table,
		"by week, 2025-12-22 to 2026-01-11: 3 messages with trackers of 5 providers, sent "
		"off their networks\n"
		"3 dated later: left out\n"
		"only the newest 5000 weeks\n"
		"\n"
		"provider             messages   off trial  domains  first       last\n"
		"alpha                     400   90%   25%        7  2025-12-25  2026-01-09\n"
		"\n"
		"messages a day       notified     before   since of late\n"
		"alpha                2026-01-01      2.0     1.5     0.5   improved, on 5 of the "
		"last 14 days\n");
	made_free(volume);
}

static void test_json(void **state)
{
	struct volume *volume = three_weeks(HOSTILE);
	g_autoptr(GPtrArray) list = make_facts(&facts);
	g_autoptr(GHashTable) changes = make_changes(&change);
	struct volume_export export = {.volume = volume,
		.query = HOSTILE,
		.facts = list,
		.has_trial = true,
		.changes = changes};
	g_autofree char *text = NULL;
	const char *by, *from, *to, *last, *outcome, *date;
	json_error_t error;
	json_t *record;
	int messages, total, count, trial, before, off;

	(void)state;
	change.notified = day("2026-01-01");
	text = volume_json(&export);
	record = json_loads(text, 0, &error);
	if (!record)
		fail_msg("%s", error.text);
	assert_int_equal(
		json_unpack(record, "{s:s, s:[{}, {}, {s:s, s:s, s:i}], s:b}", "by", &by, "buckets",
			"from", &from, "to", &to, "messages", &messages, "off_network", &off),
		0);
	assert_string_equal(by, "week");
	assert_string_equal(from, "2026-01-05");
	assert_string_equal(to, "2026-01-11");
	assert_int_equal(messages, 2);
	assert_false(off);
	assert_int_equal(json_unpack(record, "{s:[{s:i, s:[i, i, i]}]}", "series", "total", &total,
				 "counts", &count, &count, &count),
		0);
	assert_int_equal(total, 321);
	assert_int_equal(count, 300);
	assert_true(json_is_null(
		json_object_get(json_array_get(json_object_get(record, "series"), 2), "esp")));
	assert_int_equal(json_unpack(record, "{s:[{s:s, s:i}], s:{s:{s:s, s:i, s:s}}}", "facts",
				 "last", &last, "trial", &trial, "notified", "alpha", "date", &date,
				 "before", &before, "outcome", &outcome),
		0);
	assert_string_equal(last, "2026-01-09");
	assert_int_equal(trial, 100);
	assert_string_equal(date, "2026-01-01");
	assert_int_equal(before, 56);
	assert_string_equal(outcome, "improved");
	json_decref(record);
	made_free(volume);
}

/* ---- dates on an axis ---- */

static void assert_tick(enum volume_by by, const char *first, guint8 rank, const char *text)
{
	struct volume_bucket bucket = {day(first), day(first), 0};
	struct chart_tick tick = volume_tick(by, &bucket);

	assert_string_equal(tick.text, text);
	assert_int_equal(tick.rank, rank);
}

static void test_ticks(void **state)
{
	(void)state;
	assert_tick(VOLUME_DAY, "2026-01-01", 3, "2026");
	assert_tick(VOLUME_DAY, "2026-11-01", 2, "1 Nov");
	assert_tick(VOLUME_DAY, "2026-11-23", 1, "23 Nov");
	assert_tick(VOLUME_DAY, "2026-11-24", 0, "24");
	assert_tick(VOLUME_WEEK, "2026-01-05", 3, "2026");
	assert_tick(VOLUME_WEEK, "2025-12-29", 0, "29 Dec");
	assert_tick(VOLUME_WEEK, "2026-11-02", 2, "Nov");
	assert_tick(VOLUME_MONTH, "2027-01-01", 3, "2027");
	assert_tick(VOLUME_MONTH, "2026-10-01", 2, "Oct");
	assert_tick(VOLUME_MONTH, "2026-11-01", 1, "Nov");
}

/* ---- SVG, parsed ---- */

struct parsed {
	bool in_series;
	GArray *heights; /* of double: sums by series */
	GPtrArray *texts;
	unsigned scripts;
};

static void on_start(GMarkupParseContext *context, const char *name, const char **names,
	const char **values, gpointer user, GError **error)
{
	struct parsed *parsed = user;
	double zero = 0;

	(void)context;
	(void)error;
	parsed->scripts += strcmp(name, "script") == 0 || strcmp(name, "image") == 0;
	for (int i = 0; names[i]; i++) {
		if (strcmp(name, "g") == 0 && strcmp(values[i], "series") == 0) {
			g_array_append_val(parsed->heights, zero);
			parsed->in_series = true;
		}
		if (strcmp(name, "rect") == 0 && strcmp(names[i], "height") == 0 &&
			parsed->in_series)
			g_array_index(parsed->heights, double, parsed->heights->len - 1) +=
				g_ascii_strtod(values[i], NULL);
	}
}

static void on_end(GMarkupParseContext *context, const char *name, gpointer user, GError **error)
{
	(void)context;
	(void)error;
	if (strcmp(name, "g") == 0)
		((struct parsed *)user)->in_series = false;
}

static void on_text(
	GMarkupParseContext *context, const char *text, gsize len, gpointer user, GError **error)
{
	(void)context;
	(void)error;
	g_ptr_array_add(((struct parsed *)user)->texts, g_strndup(text, len));
}

static void parse_svg(const char *svg, struct parsed *parsed)
{
	static const GMarkupParser parser = {on_start, on_end, on_text, NULL, NULL};
	GMarkupParseContext *context;
	g_autoptr(GError) error = NULL;

	parsed->heights = g_array_new(FALSE, TRUE, sizeof(double));
	parsed->texts = g_ptr_array_new_with_free_func(g_free);
	context = g_markup_parse_context_new(&parser, 0, parsed, NULL);
	if (!g_markup_parse_context_parse(context, svg, -1, &error) ||
		!g_markup_parse_context_end_parse(context, &error))
		fail_msg("%s", error->message);
	g_markup_parse_context_free(context);
}

static void parsed_clear(struct parsed *parsed)
{
	g_array_unref(parsed->heights);
	g_ptr_array_unref(parsed->texts);
}

static bool has_text(const struct parsed *parsed, const char *text)
{
	for (guint i = 0; i < parsed->texts->len; i++)
		if (strcmp(parsed->texts->pdata[i], text) == 0)
			return true;
	return false;
}

static void assert_near(double found, double expected)
{
	if (found < expected * 0.99 - 0.05 || found > expected * 1.01 + 0.05)
		fail_msg("found %f, expected %f", found, expected);
}

static void test_svg(void **state)
{
	struct volume *volume = three_weeks("alpha");
	struct volume_export export = {.volume = volume, .off_network = true};
	g_autofree char *svg = volume_svg(&export);
	struct parsed parsed = {0};
	static const char *const texts[] = {"Messages with tracker links, by week and provider",
		"alpha", "beta", "others", "321", "40", "10", "messages", "0", "100", "2026",
		"2025-12-22 to 2026-01-11, 3 messages sent off the providers’ networks"};

	(void)state;
	parse_svg(svg, &parsed);
	assert_int_equal(parsed.heights->len, 3);
	/* Heights are as the counts: all bars of a series together. */
	double unit = g_array_index(parsed.heights, double, 0) / 321;
	assert_true(unit > 0);
	assert_near(g_array_index(parsed.heights, double, 1), unit * 40);
	assert_near(g_array_index(parsed.heights, double, 2), unit * 10);
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		if (!has_text(&parsed, texts[i]))
			fail_msg("not there: %s", texts[i]);
	assert_int_equal(parsed.scripts, 0);
	parsed_clear(&parsed);
	made_free(volume);
}

static void test_svg_of_hostile_names(void **state)
{
	struct volume *volume = three_weeks(HOSTILE "<script>alert(1)</script>");
	struct volume_export export = {
		.volume = volume, .query = "subject:\"</title><script>\" " HOSTILE, .esp = HOSTILE};
	g_autofree char *svg = volume_svg(&export);
	struct parsed parsed = {0};

	(void)state;
	parse_svg(svg, &parsed);
	assert_int_equal(parsed.scripts, 0);
	assert_null(strstr(svg, "<script"));
	assert_true(g_utf8_validate(svg, -1, NULL));
	for (const char *p = svg; *p; p++)
		assert_true((guchar)*p >= 0x20 || *p == '\n');
	assert_null(strstr(svg, "&#x"));
	assert_null(strstr(svg, "\u202e"));
	parsed_clear(&parsed);
	made_free(volume);
}

static void test_svg_of_nothing(void **state)
{
	struct volume *volume = make_volume(VOLUME_DAY, "2026-11-24", 1, 0);
	struct volume_export export = {.volume = volume};
	g_autofree char *svg = volume_svg(&export);
	struct parsed parsed = {0};

	(void)state;
	parse_svg(svg, &parsed);
	assert_int_equal(parsed.heights->len, 0);
	assert_true(has_text(&parsed, "0 messages"));
	parsed_clear(&parsed);
	made_free(volume);
}

/* As many as there can be of everything. */
static void test_svg_of_much(void **state)
{
	struct volume *volume = make_volume(VOLUME_DAY, "2013-01-01", 1, VOLUME_MAX_BUCKETS);
	struct volume_export export = {.volume = volume};
	g_autofree guint32 *counts = g_new(guint32, VOLUME_MAX_BUCKETS);
	g_autofree char *svg = NULL;
	struct parsed parsed = {0};

	(void)state;
	for (guint i = 0; i < VOLUME_MAX_BUCKETS; i++)
		counts[i] = G_MAXUINT32 - i;
	for (int i = 0; i < VOLUME_MAX_TOP; i++) {
		g_autofree char *esp = g_strdup_printf("provider-%d", i);

		add_series(volume, esp, counts);
	}
	add_series(volume, NULL, counts);
	svg = volume_svg(&export);
	parse_svg(svg, &parsed);
	assert_int_equal(parsed.heights->len, VOLUME_MAX_TOP + 1);
	assert_near(g_array_index(parsed.heights, double, VOLUME_MAX_TOP),
		g_array_index(parsed.heights, double, 0));
	parsed_clear(&parsed);
	made_free(volume);
}

/* ---- SVG, rendered ---- */

struct image {
	guint32 width, height;
	guint32 channels; /* 3 or 4 bytes a pixel, the first three RGB */
	guchar *pixels;
};

static guint32 read_u32(const guchar *p)
{
	return (guint32)p[0] << 24 | (guint32)p[1] << 16 | (guint32)p[2] << 8 | p[3];
}

static int paeth(int a, int b, int c)
{
	int p = a + b - c, pa = ABS(p - a), pb = ABS(p - b), pc = ABS(p - c);

	return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

/* The filters of PNG (ISO/IEC 15948 §9). */
static void unfilter(struct image *image, const guchar *raw)
{
	size_t pixel = image->channels, line = image->width * pixel;

	for (guint32 y = 0; y < image->height; y++) {
		guchar filter = *raw++;
		guchar *to = image->pixels + y * line;

		for (size_t x = 0; x < line; x++, raw++) {
			int a = x >= pixel ? to[x - pixel] : 0, b = y ? to[x - line] : 0;
			int c = x >= pixel && y ? to[x - line - pixel] : 0;
			int by = filter == 1   ? a
				 : filter == 2 ? b
				 : filter == 3 ? (a + b) / 2
				 : filter == 4 ? paeth(a, b, c)
					       : 0;

			to[x] = (guchar)(*raw + by);
		}
	}
}

static struct image read_png(const char *path)
{
	struct image image = {0};
	g_autoptr(GByteArray) packed = g_byte_array_new();
	g_autofree guchar *raw = NULL;
	g_autofree char *file = NULL;
	uLongf size;
	gsize len;

	assert_true(g_file_get_contents(path, &file, &len, NULL));
	for (gsize at = 8; at + 12 <= len;) {
		const guchar *chunk = (const guchar *)file + at;
		guint32 bytes = read_u32(chunk);

		if (memcmp(chunk + 4, "IHDR", 4) == 0) {
			image.width = read_u32(chunk + 8);
			image.height = read_u32(chunk + 12);
			image.channels = chunk[17] == 6 ? 4 : 3;
			/* 8 bits, RGB or RGBA, not interlaced */
			assert_memory_equal(
				chunk + 16, image.channels == 4 ? "\10\6\0\0\0" : "\10\2\0\0\0", 5);
		}
		if (memcmp(chunk + 4, "IDAT", 4) == 0)
			g_byte_array_append(packed, chunk + 8, bytes);
		at += bytes + 12;
	}
	size = (uLongf)image.height * (1 + (uLongf)image.width * image.channels);
	raw = g_malloc(size);
	assert_int_equal(uncompress(raw, &size, packed->data, packed->len), Z_OK);
	image.pixels = g_malloc((gsize)image.width * image.height * image.channels);
	unfilter(&image, raw);
	return image;
}

/* Pixels of that very colour, `#rrggbb`, left of `right`. */
static guint count_colour(const struct image *image, const char *colour, guint32 right)
{
	guint32 wanted = (guint32)g_ascii_strtoull(colour + 1, NULL, 16);
	guint count = 0;

	for (guint32 y = 0; y < image->height; y++) {
		for (guint32 x = 0; x < right; x++) {
			const guchar *p =
				image->pixels + ((gsize)y * image->width + x) * image->channels;

			count += ((guint32)p[0] << 16 | (guint32)p[1] << 8 | p[2]) == wanted;
		}
	}
	return count;
}

static char *fill_of(const char *svg, guint series)
{
	for (guint i = 0; svg && i <= series; i++)
		svg = strstr(svg + 1, "<g class=\"series\" fill=\"");
	assert_non_null(svg);
	return g_strndup(svg + strlen("<g class=\"series\" fill=\""), strlen("#rrggbb"));
}

static void test_svg_rendered(void **state)
{
	static const guint32 counts[3][4] = {
		{100, 50, 150, 100}, {50, 50, 50, 50}, {20, 0, 60, 20}};
	struct volume *volume = make_volume(VOLUME_MONTH, "2026-08-01", 30, 4);
	struct volume_export export = {.volume = volume};
	g_autofree char *program = NULL, *dir = NULL, *svg = NULL, *svg_path = NULL;
	g_autofree char *png_path = NULL;
	guint pixels[3];
	struct image image;

	(void)state;
	program = g_find_program_in_path("rsvg-convert");
	if (!program) {
		print_message("rsvg-convert (librsvg2-bin) is not installed\n");
		made_free(volume);
		skip();
	}
	add_series(volume, "sendgrid", counts[0]);
	add_series(volume, "mandrill", counts[1]);
	add_series(volume, NULL, counts[2]);
	dir = g_dir_make_tmp("espial-svg-XXXXXX", NULL);
	svg_path = g_build_filename(dir, "volume.svg", NULL);
	png_path = g_build_filename(dir, "volume.png", NULL);
	svg = volume_svg(&export);
	write_file(svg_path, svg);
	quiet(run("rsvg-convert", "-o", png_path, svg_path, NULL));
	image = read_png(png_path);
	assert_int_equal(image.width, 1000);
	assert_int_equal(image.height, 500);
	for (guint i = 0; i < 3; i++) {
		g_autofree char *colour = fill_of(svg, i);

		/* The legend has the colours too, further right. */
		pixels[i] = count_colour(&image, colour, 780);
	}
	/* 400, 200 and 100 messages; edges are blended. */
	assert_true(pixels[2] > 3000);
	assert_true(ABS((double)pixels[0] / pixels[1] - 2) < 0.1);
	assert_true(ABS((double)pixels[1] / pixels[2] - 2) < 0.15);
	g_free(image.pixels);
	quiet(run("rm", "-rf", "--", dir, NULL));
	made_free(volume);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_csv_quotes),
		cmocka_unit_test(test_csv_of_months),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_ticks),
		cmocka_unit_test(test_svg),
		cmocka_unit_test(test_svg_of_hostile_names),
		cmocka_unit_test(test_svg_of_nothing),
		cmocka_unit_test(test_svg_of_much),
		cmocka_unit_test(test_svg_rendered),
	};

	g_setenv("TZ", "UTC", TRUE);
	if (!setlocale(LC_ALL, "C.UTF-8"))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
