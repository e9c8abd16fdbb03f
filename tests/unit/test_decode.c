/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Decoders of text and bytes: against what other libraries encode, and on what nobody should have
 * encoded. The structured carriers are in test_decode_values.c.
 */
#include "tests/unit/decoding.h"

#include <zlib.h>

/* ---- the registry ---- */

static void test_all_are_documented(void **state)
{
	g_autofree char *text = NULL;

	(void)state;
	assert_true(g_file_get_contents("docs/rule-format.md", &text, NULL, NULL));
	for (const struct decoder *const *at = decoder_all(); *at; at++) {
		g_autofree char *alone = g_strdup_printf("`%s`", (*at)->name);
		g_autofree char *with = g_strdup_printf("`%s: ", (*at)->name);

		assert_ptr_equal(decoder_find((*at)->name), *at);
		if (!strstr(text, (*at)->argument == DECODE_ARG_NONE ? alone : with))
			fail_msg("%s is not in docs/rule-format.md", (*at)->name);
	}
	assert_null(decoder_find("nothing"));
	assert_null(decoder_find(""));
}

/* ---- percent-encoding and forms ---- */

static void test_percent_undoes_glib(void **state)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(1);

	(void)state;
	for (unsigned i = 0; i < 300; i++) {
		g_autoptr(GString) plain = noise(rand, i % 70);
		g_autofree char *once = g_uri_escape_bytes((guint8 *)plain->str, plain->len, NULL);
		g_autofree char *twice = g_uri_escape_string(once, NULL, TRUE);
		g_autofree char *thrice = g_uri_escape_string(twice, NULL, TRUE);

		assert_decodes("percent", NULL, span_from(once), span_from_string(plain));
		assert_text("percent", NULL, twice, once);
		assert_text("percent", NULL, thrice, twice);
	}
}

static void test_percent_leaves_the_rest(void **state)
{
	(void)state;
	assert_text("percent", NULL, "", "");
	assert_text("percent", NULL, "%", "%");
	assert_text("percent", NULL, "%4", "%4");
	assert_text("percent", NULL, "%4G%G4%%41%4", "%4G%G4%A%4");
	assert_text("percent", NULL, "%2f%2F", "//");
	assert_text("percent", NULL, "a+b", "a+b");
	assert_text("percent", NULL, "%2541", "%41");
	assert_decodes("percent", NULL, BYTES("%00\0%FF\xFF"), BYTES("\0\0\xFF\xFF"));
}

static void test_form_reads_as_glib(void **state)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(2);

	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		g_autoptr(GString) query = g_string_new("first=1");
		g_autoptr(GString) value = babble(rand, i % 20);
		g_autofree char *escaped = g_uri_escape_string(value->str, " ", FALSE);

		g_string_append_printf(query, "&key=%s&last=", g_strdelimit(escaped, " ", '+'));
		g_autoptr(GHashTable) params =
			g_uri_parse_params(query->str, -1, "&", G_URI_PARAMS_WWW_FORM, NULL);
		assert_non_null(params);
		assert_text("form", "key", query->str, g_hash_table_lookup(params, "key"));
		assert_text("form", NULL, escaped, value->str);
	}
}

static void test_form_finds_keys(void **state)
{
	(void)state;
	assert_text("form", "l", "l=http%3A%2F%2Fexample.com%2F%3Fa%3D1%26b&t=x",
		"http://example.com/?a=1&b");
	assert_text("form", "a", "a=1&a=2", "1");
	assert_text("form", "a", "b=2&amp;a=1", "1");
	assert_text("form", "a", "a", "");
	assert_text("form", "a", "a==", "=");
	assert_refused("form", "a", BYTES(""));
	assert_refused("form", "a", BYTES("A=1&%61=2&aa=3"));
}

/* ---- entities ---- */

static void test_entities_undo_glib(void **state)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(3);

	(void)state;
	for (unsigned i = 0; i < 300; i++) {
		g_autoptr(GString) plain = babble(rand, i % 50);
		g_autofree char *marked = g_markup_escape_text(plain->str, (gssize)plain->len);

		assert_decodes("entities", NULL, span_from(marked), span_from_string(plain));
	}
}

static void test_entities_leave_the_rest(void **state)
{
	(void)state;
	assert_text(
		"entities", NULL, "a&amp;b&#x2F;&#47;&#X2f;&lt;&gt;&quot;&apos;", "a&b///<>\"'");
	assert_text("entities", NULL, "&amp;amp;", "&amp;");
	assert_text("entities", NULL, "&#x1F600;&#228;", "\xF0\x9F\x98\x80\xC3\xA4");
	assert_text("entities", NULL, "&AMP; &nosuch; &amp &", "&AMP; &nosuch; &amp &");
	assert_text("entities", NULL, "&;&#;&#x;&#xG;&#A;", "&;&#;&#x;&#xG;&#A;");
	assert_text("entities", NULL, "&# 65;&#+65;&#-65;&#x-1;", "&# 65;&#+65;&#-65;&#x-1;");
	assert_text("entities", NULL, "&#0;&#xD800;&#x110000;&#4294967361;",
		"&#0;&#xD800;&#x110000;&#4294967361;");
	assert_decodes("entities", NULL, BYTES("&amp\0;&#65\0;"), BYTES("&amp\0;&#65\0;"));
}

/* ---- base64 and hex ---- */

/* The padding of `encoded` in another character, or none. */
static char *repadded(const char *encoded, char padding)
{
	char *text = g_strdup(encoded);
	char *at = strchr(text, '=');

	if (at && padding)
		memset(at, padding, strlen(at));
	else if (at)
		*at = '\0';
	return text;
}

static void test_base64_undoes_glib(void **state)
{
	static const char paddings[] = {'=', '.', '*', '~', '\0'};
	g_autoptr(GRand) rand = g_rand_new_with_seed(4);

	(void)state;
	for (unsigned i = 0; i < 500; i++) {
		g_autoptr(GString) plain = noise(rand, i % 100);
		g_autofree char *encoded = g_base64_encode((guchar *)plain->str, plain->len);
		g_autofree char *text = repadded(encoded, paddings[i % 5]);

		assert_decodes("base64", NULL, span_from(text), span_from_string(plain));
		g_strdelimit(text, "+", '-');
		g_strdelimit(text, "/", '_');
		assert_decodes("base64", NULL, span_from(text), span_from_string(plain));
	}
}

static void test_base64_refuses(void **state)
{
	static const char *const bad[] = {"a", "YWJjZ", "YW Jj", "YW\nJj", "YW=Jj", "=YWJj", "YW!j",
		"YWJ,", "Y.WJj", "%59%57", "YWJ\xC3", "YW\\j"};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		assert_refused("base64", NULL, span_from(bad[i]));
	assert_refused("base64", NULL, BYTES("YWJj\0"));
	assert_refused("base64", NULL, BYTES("YW\0j"));
}

static void test_base64_is_lenient_at_the_end(void **state)
{
	(void)state;
	assert_text("base64", NULL, "", "");
	assert_text("base64", NULL, "====", "");
	assert_text("base64", NULL, "YWI==", "ab");
	assert_text("base64", NULL, "YWJj\r\n", "abc");
	assert_text("base64", NULL, "-_+/", "\xFB\xFF\xBF");
	/* Bits that are left over. */
	assert_text("base64", NULL, "YR", "a");
}

static void test_hex(void **state)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(5);

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		g_autoptr(GString) plain = noise(rand, i);
		g_autoptr(GString) hex = g_string_new(NULL);

		for (size_t at = 0; at < plain->len; at++)
			g_string_append_printf(
				hex, i % 2 ? "%02x" : "%02X", (guchar)plain->str[at]);
		assert_decodes("hex", NULL, span_from_string(hex), span_from_string(plain));
	}
	assert_refused("hex", NULL, BYTES("6"));
	assert_refused("hex", NULL, BYTES("616"));
	assert_refused("hex", NULL, BYTES("0x61"));
	assert_refused("hex", NULL, BYTES("6g"));
	assert_refused("hex", NULL, BYTES("61 62"));
	assert_refused("hex", NULL,
		BYTES("61\0"
		      "0"));
}

/* ---- zlib ---- */

static const int windows[] = {15, 15 + 16, -15};

static GString *deflated(struct span in, int window, int level)
{
	z_stream stream = {.next_in = (Bytef *)(gpointer)in.ptr, .avail_in = (uInt)in.len};
	GString *out = g_string_new(NULL);

	assert_int_equal(
		deflateInit2(&stream, level, Z_DEFLATED, window, 9, Z_DEFAULT_STRATEGY), Z_OK);
	g_string_set_size(out, deflateBound(&stream, in.len) + 64);
	stream.next_out = (Bytef *)out->str;
	stream.avail_out = (uInt)out->len;
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	g_string_set_size(out, stream.total_out);
	deflateEnd(&stream);
	return out;
}

static void test_zlib_inflates(void **state)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(6);

	(void)state;
	for (unsigned i = 0; i < 120; i++) {
		g_autoptr(GString) plain =
			i % 2 ? noise(rand, i * 11) : repeated("http://example.com/", i);
		g_autoptr(GString) packed =
			deflated(span_from_string(plain), windows[i % 3], (int)(i % 10));

		assert_decodes("zlib", NULL, span_from_string(packed), span_from_string(plain));
	}
}

static void test_zlib_wants_it_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(windows); i++) {
		g_autoptr(GString) packed =
			deflated(BYTES("l=https%3A%2F%2Fwww.example.com%2F&t=x"), windows[i], 9);

		assert_whole_only("zlib", NULL, span_from_string(packed));
		if (windows[i] < 0)
			continue;
		/* In the checksum; in the length too with gzip. */
		packed->str[packed->len - (windows[i] == 15 ? 1 : 5)] ^= 1;
		assert_refused("zlib", NULL, span_from_string(packed));
	}
	assert_refused("zlib", NULL, BYTES("http://example.com/"));
	assert_refused("zlib", NULL, BYTES("\x78\x9C"));
	assert_refused("zlib", NULL, BYTES("\x1F\x8B\x08\xFF\0\0\0\0\0\0\xFF\xFF"));
}

static void test_zlib_wants_no_dictionary(void **state)
{
	Bytef out[128];
	z_stream stream = {.next_out = out, .avail_out = sizeof(out)};

	(void)state;
	deflateInit(&stream, 9);
	deflateSetDictionary(&stream, (const Bytef *)"http://example.com/", 19);
	stream.next_in = (Bytef *)(gpointer) "http://example.com/a";
	stream.avail_in = 20;
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	assert_refused("zlib", NULL, (struct span){(char *)out, stream.total_out});
	deflateEnd(&stream);
}

static void test_zlib_bomb(void **state)
{
	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(windows); i++) {
		g_autoptr(GString) zeros = g_string_new(NULL);
		g_autoptr(GString) out = g_string_new(NULL);

		g_string_set_size(zeros, 64 * DECODE_MAX_SIZE);
		memset(zeros->str, 0, zeros->len);
		g_autoptr(GString) bomb = deflated(span_from_string(zeros), windows[i], 9);
		assert_true(bomb->len < DECODE_MAX_SIZE);
		assert_false(decode("zlib", NULL, span_from_string(bomb), out));
		assert_true(out->allocated_len <= 4 * DECODE_MAX_SIZE);

		g_string_set_size(zeros, DECODE_MAX_SIZE + 1);
		g_autoptr(GString) over = deflated(span_from_string(zeros), windows[i], 9);
		assert_refused("zlib", NULL, span_from_string(over));
		g_string_set_size(zeros, DECODE_MAX_SIZE);
		g_autoptr(GString) most = deflated(span_from_string(zeros), windows[i], 9);
		assert_decodes("zlib", NULL, span_from_string(most), span_from_string(zeros));
	}
}

/* ---- vendors ---- */

/* An item of SparkPost's: `width` is that of its length, as the two high bits of a head say it. */
static void put_item(GString *out, unsigned tag, unsigned width, struct span data)
{
	unsigned bytes = width == 3 ? 4 : width;

	g_string_append_c(out, (char)(width << 6 | tag));
	for (unsigned i = 0; i < bytes; i++)
		g_string_append_c(out, (char)(data.len >> (8 * i)));
	g_string_append_len(out, data.ptr, (gssize)data.len);
}

static void test_sparkpost(void **state)
{
	g_autoptr(GString) items = g_string_new(NULL);
	g_autoptr(GString) address = repeated("https://www.example.com/", 20);

	(void)state;
	put_item(items, 6, 0, BYTES(""));
	put_item(items, 2, 1, BYTES("\0\x01\x02\x84"));
	put_item(items, 4, 2, span_from_string(address));
	put_item(items, 18, 3, BYTES("ann@example.org"));
	put_item(items, 23, 1, BYTES("cust"));
	put_item(items, 23, 1, BYTES("again"));
	put_item(items, 63, 1, BYTES(""));
	assert_decodes("sparkpost", "4", span_from_string(items), span_from_string(address));
	assert_decodes("sparkpost", "2", span_from_string(items), BYTES("\0\x01\x02\x84"));
	assert_decodes("sparkpost", "18", span_from_string(items), BYTES("ann@example.org"));
	assert_decodes("sparkpost", "23", span_from_string(items), BYTES("cust"));
	assert_decodes("sparkpost", "63", span_from_string(items), BYTES(""));
	assert_decodes("sparkpost", "6", span_from_string(items), BYTES(""));
	assert_refused("sparkpost", "5", span_from_string(items));
	assert_refused("sparkpost", "67", span_from_string(items));
	assert_refused("sparkpost", "", span_from_string(items));
	assert_refused("sparkpost", "4x", span_from_string(items));
	assert_refused("sparkpost", "-60", span_from_string(items));
}

static void test_sparkpost_lies(void **state)
{
	g_autoptr(GString) item = g_string_new(NULL);

	(void)state;
	put_item(item, 4, 1, BYTES("http://example.com/"));
	assert_whole_only("sparkpost", "4", span_from_string(item));
	assert_refused("sparkpost", "4", BYTES("\xC4\xFF\xFF\xFF\xFFhttp://example.com/"));
	assert_refused("sparkpost", "4", BYTES("\x84\x20\0http://example.com/"));
	/* A length that runs over the item asked for. */
	assert_refused("sparkpost", "4", BYTES("\x42\x05\x44\x01x"));
}

/* Each byte that is no letter, digit or dot as `mark` and two digits; slashes as `slash`. */
static GString *marked(const GString *plain, char mark, char slash)
{
	GString *out = g_string_new(NULL);

	for (size_t i = 0; i < plain->len; i++) {
		char c = plain->str[i];

		if (g_ascii_isalnum(c) || c == '.')
			g_string_append_c(out, c);
		else if (c == '/' && slash)
			g_string_append_c(out, slash);
		else
			g_string_append_printf(out, "%c%02X", mark, (guchar)c);
	}
	return out;
}

static void test_escapes_of_vendors(void **state)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(7);

	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		g_autoptr(GString) plain = noise(rand, i);
		g_autoptr(GString) sendgrid = marked(plain, '-', '\0');
		g_autoptr(GString) proofpoint = marked(plain, '-', '_');

		assert_decodes(
			"sendgrid", NULL, span_from_string(sendgrid), span_from_string(plain));
		assert_decodes(
			"urldefense2", NULL, span_from_string(proofpoint), span_from_string(plain));
	}
	assert_text("sendgrid", NULL, "a+b", "a+b");
	assert_text("urldefense2", NULL, "a+b", "a+b");
	assert_text("sendgrid", NULL, "a-2Fb-2bc-3D-zz-2", "a/b+c=-zz-2");
	assert_text("urldefense2", NULL, "https-3A__www.example.com_a-3Fb-3Dc-5Fd-26e",
		"https://www.example.com/a?b=c_d&e");
	assert_text("urldefense2", NULL, "a%2Fb-2-zz-", "a/b%2%zz%");
}

/* ---- URL Defense, version 3 ---- */

static const char *const odd[] = {
	"%", "+", "!", "*", "'", "\xC3\xA9", "\xE4\xB8\x96", "\xF0\x9F\x98\x80", "$", "|"};

static void put_run(GString *url, unsigned count)
{
	static const char lengths[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

	g_string_append_c(url, '*');
	if (count > 1)
		g_string_append_printf(url, "*%c", lengths[count - 2]);
}

/* What version 3 makes of a URL of plain letters and runs of odd characters, which `plain` gets. */
static GString *defended(GRand *rand, GString *plain)
{
	g_autoptr(GString) url = g_string_new("https://www.example.com/"), odds = g_string_new("");
	GString *out = g_string_new(NULL);

	g_string_assign(plain, url->str);
	for (int runs = g_rand_int_range(rand, 0, 6); runs > 0; runs--) {
		unsigned count = (unsigned)g_rand_int_range(rand, 1, 66);

		put_run(url, count);
		g_string_append(url, "a/b");
		for (unsigned i = 0; i < count; i++) {
			const char *character = odd[g_rand_int_range(rand, 0, G_N_ELEMENTS(odd))];

			g_string_append(odds, character);
			g_string_append(plain, character);
		}
		g_string_append(plain, "a/b");
	}
	g_autofree char *base64 = g_base64_encode((guchar *)odds->str, odds->len);
	g_strdelimit(base64, "+", '-');
	g_strdelimit(base64, "/", '_');
	g_string_printf(
		out, "__%s__;%.*s!!AbC0!dEf1$", url->str, (int)strcspn(base64, "="), base64);
	return out;
}

static void test_urldefense3_fills_in(void **state)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(8);

	(void)state;
	for (unsigned i = 0; i < 300; i++) {
		g_autoptr(GString) plain = g_string_new(NULL);
		g_autoptr(GString) text = defended(rand, plain);

		assert_decodes(
			"urldefense3", NULL, span_from_string(text), span_from_string(plain));
	}
}

static void test_urldefense3_samples(void **state)
{
	(void)state;
	assert_text("urldefense3", NULL, "__https://www.example.com/a?b=1__;!!AbC!dEf$",
		"https://www.example.com/a?b=1");
	assert_text("urldefense3", NULL, "__https://www.example.com/a*b__;Kw!!AbC!dEf$",
		"https://www.example.com/a+b");
	/* Gateways fold the slashes, mail programs escape what is left. */
	assert_text("urldefense3", NULL, "__https:/www.example.com/a__;!!AbC!dEf$",
		"https://www.example.com/a");
	assert_text("urldefense3", NULL, "__https%3A//www.example.com/a%2Ab__;Kw!!AbC!dEf$",
		"https://www.example.com/a+b");
	assert_text("urldefense3", NULL, "__https://www.example.com/*3Fa__;JQ!!AbC!dEf$",
		"https://www.example.com/%3Fa");
	/* A replacement that is not UTF-8 is a byte. */
	assert_text("urldefense3", NULL, "__https://www.example.com/*a*__;_8M!!AbC!dEf$",
		"https://www.example.com/\xFF"
		"a\xC3");
	/* One in another: the mail went through two gateways. */
	assert_text("urldefense3", NULL,
		"__https://urldefense.com/v3/__https://www.example.com/__;!!AbC!dEf$__;!!GhI!jKl$",
		"https://urldefense.com/v3/__https://www.example.com/__;!!AbC!dEf$");
}

static void test_urldefense3_refuses(void **state)
{
	static const char *const bad[] = {"", "__;", "___;", "____;", "__https://www.example.com/",
		"https://www.example.com/__;!!AbC!dEf$", "__https://www.example.com/__;K!!AbC$",
		"__https://www.example.com/*__;!!AbC!dEf$",
		"__https://www.example.com/**A__;Kw!!AbC!dEf$",
		"__https://www.example.com/**___;KysrKysr!!AbC!dEf$"};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		assert_refused("urldefense3", NULL, span_from(bad[i]));
}

/* ---- text ---- */

static void test_text(void **state)
{
	(void)state;
	assert_text("rot13", NULL, "uggcf://RKNZCYR.pbz/1?az", "https://EXAMPLE.com/1?nm");
	assert_text("reverse", NULL, "moc.elpmaxe//:ptth", "http://example.com");
	assert_text("reverse", NULL, "", "");
	assert_decodes("reverse", NULL, BYTES("\0a"), BYTES("a\0"));
	assert_text("lower", NULL, "HTTP://\xC3\x84/AZ09", "http://\xC3\x84/az09");
	assert_text("skip", "0", "abc", "abc");
	assert_text("skip", "2", "a1aHR0", "aHR0");
	assert_text("skip", "3", "abc", "");
	assert_refused("skip", "4", BYTES("abc"));
	assert_refused("skip", "-1", BYTES("abc"));
	assert_refused("skip", "", BYTES("abc"));
	assert_refused("skip", "1a", BYTES("abc"));
	assert_refused("skip", "18446744073709551617", BYTES("abc"));
}

static void test_parts(void **state)
{
	(void)state;
	assert_text("until", ".", "eyJ.b.c", "eyJ");
	assert_text("until", ".", "eyJ", "eyJ");
	assert_text("until", "--", "a-b--c", "a-b");
	assert_text("after", "/v3/", "https://a.example/v3/__x/v3/", "__x/v3/");
	assert_text("after", "=", "a=", "");
	assert_refused("after", "=", BYTES(""));
	assert_refused("after", "ab", BYTES("a"));
	assert_text("scheme", "https", "www.example.com/a", "https://www.example.com/a");
	assert_text("scheme", "https", "http://www.example.com/", "http://www.example.com/");
	assert_text("scheme", "http", "HTTPS://www.example.com/", "HTTPS://www.example.com/");
	assert_text("scheme", "http", "httpbin.example/", "http://httpbin.example/");
	assert_text("scheme", "http", "", "http://");
}

/* ---- all of them ---- */

static const char *argument_for(const struct decoder *decoder)
{
	return decoder->argument == DECODE_ARG_REQUIRED ? "4" : NULL;
}

/* Whatever the input, a decoder says the same twice and no more than the limits allow. */
static void test_noise(void **state)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(9);
	g_autoptr(GString) out = g_string_new(NULL), again = g_string_new(NULL);

	(void)state;
	for (const struct decoder *const *at = decoder_all(); *at; at++) {
		for (unsigned i = 0; i < 300; i++) {
			g_autoptr(GString) in = i % 2 ? noise(rand, i) : babble(rand, i);
			struct span span = span_from_string(in);
			bool decoded = decode((*at)->name, argument_for(*at), span, out);

			assert_int_equal(
				decode((*at)->name, argument_for(*at), span, again), decoded);
			assert_true(!decoded || g_string_equal(out, again));
			assert_true(
				out->len <= 4 * in->len + 64 || strcmp((*at)->name, "zlib") == 0);
		}
	}
}

static void test_size_limit(void **state)
{
	static const char *const pieces[] = {"*", "(", "A", "&#65;", "[0,", "%41", "\x90"};
	g_autoptr(GString) out = g_string_new(NULL);

	(void)state;
	for (const struct decoder *const *at = decoder_all(); *at; at++) {
		for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
			g_autoptr(GString) in =
				repeated(pieces[i], DECODE_MAX_SIZE / strlen(pieces[i]));

			decode((*at)->name, argument_for(*at), span_from_string(in), out);
			assert_true(out->len <= DECODE_MAX_SIZE + 16);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_are_documented),
		cmocka_unit_test(test_percent_undoes_glib),
		cmocka_unit_test(test_percent_leaves_the_rest),
		cmocka_unit_test(test_form_reads_as_glib),
		cmocka_unit_test(test_form_finds_keys),
		cmocka_unit_test(test_entities_undo_glib),
		cmocka_unit_test(test_entities_leave_the_rest),
		cmocka_unit_test(test_base64_undoes_glib),
		cmocka_unit_test(test_base64_refuses),
		cmocka_unit_test(test_base64_is_lenient_at_the_end),
		cmocka_unit_test(test_hex),
		cmocka_unit_test(test_zlib_inflates),
		cmocka_unit_test(test_zlib_wants_it_whole),
		cmocka_unit_test(test_zlib_wants_no_dictionary),
		cmocka_unit_test(test_zlib_bomb),
		cmocka_unit_test(test_sparkpost),
		cmocka_unit_test(test_sparkpost_lies),
		cmocka_unit_test(test_escapes_of_vendors),
		cmocka_unit_test(test_urldefense3_fills_in),
		cmocka_unit_test(test_urldefense3_samples),
		cmocka_unit_test(test_urldefense3_refuses),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_size_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
