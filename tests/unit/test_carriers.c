/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pipelines against the way that trackers go: a destination is packed by other libraries as the
 * pipeline says, last step first, and unpacked by the pipeline.
 */
#include "rules/matcher.h"
#include "rules/pipeline.h"
#include "tests/unit/decoding.h"

#include <cbor.h>
#include <jansson.h>
#include <msgpack.h>
#include <zlib.h>

/* ---- packing ---- */

static void pack_percent(GString *text, const char *argument)
{
	g_autofree char *escaped = g_uri_escape_bytes((guint8 *)text->str, text->len, NULL);

	(void)argument;
	g_string_assign(text, escaped);
}

static void pack_form(GString *text, const char *key)
{
	pack_percent(text, NULL);
	if (key)
		g_string_prepend(text, "=");
	g_string_prepend(text, key ? key : "");
	g_string_prepend(text, key ? "t=1&" : "");
	g_string_append(text, key ? "&z=" : "");
}

static void pack_entities(GString *text, const char *argument)
{
	g_autofree char *marked = g_markup_escape_text(text->str, (gssize)text->len);

	(void)argument;
	g_string_assign(text, marked);
}

static void pack_base64(GString *text, const char *argument)
{
	g_autofree char *encoded = g_base64_encode((guchar *)text->str, text->len);

	(void)argument;
	encoded[strcspn(encoded, "=")] = '\0';
	g_strdelimit(encoded, "+", '-');
	g_string_assign(text, g_strdelimit(encoded, "/", '_'));
}

static void pack_hex(GString *text, const char *argument)
{
	g_autoptr(GString) hex = g_string_new(NULL);

	(void)argument;
	for (size_t i = 0; i < text->len; i++)
		g_string_append_printf(hex, "%02x", (guchar)text->str[i]);
	g_string_assign(text, hex->str);
}

/* The text as a value, in an object under a key. */
static json_t *object_of(const GString *text, const char *key)
{
	json_t *value = json_stringn(text->str, text->len);

	assert_non_null(value);
	return key ? json_pack("{s:i, s:o}", "_", 1, key, value) : value;
}

static void pack_json(GString *text, const char *key)
{
	json_t *value = object_of(text, key);
	g_autofree char *json = json_dumps(value, JSON_ENCODE_ANY);

	g_string_assign(text, json);
	json_decref(value);
}

static void pack_jwt(GString *text, const char *key)
{
	pack_json(text, key);
	pack_base64(text, NULL);
	g_string_prepend(text, "eyJhbGciOiJIUzI1NiJ9.");
	g_string_append(text, ".c2lnbmF0dXJl");
}

static void pack_zlib(GString *text, const char *argument)
{
	uLongf len = compressBound(text->len);
	g_autofree Bytef *packed = g_malloc(len);

	(void)argument;
	assert_int_equal(compress2(packed, &len, (Bytef *)text->str, text->len, 9), Z_OK);
	g_string_truncate(text, 0);
	g_string_append_len(text, (char *)packed, (gssize)len);
}

static void pack_cbor(GString *text, const char *key)
{
	cbor_item_t *map = cbor_new_definite_map(1);
	unsigned char *bytes;
	size_t size;

	cbor_map_add(map, (struct cbor_pair){cbor_move(cbor_build_string(key)),
				  cbor_move(cbor_build_stringn(text->str, text->len))});
	size_t len = cbor_serialize_alloc(map, &bytes, &size);
	g_string_truncate(text, 0);
	g_string_append_len(text, (char *)bytes, (gssize)len);
	free(bytes);
	cbor_decref(&map);
}

static void pack_msgpack(GString *text, const char *key)
{
	msgpack_sbuffer buffer;
	msgpack_packer packer;

	msgpack_sbuffer_init(&buffer);
	msgpack_packer_init(&packer, &buffer, msgpack_sbuffer_write);
	msgpack_pack_map(&packer, 1);
	msgpack_pack_str_with_body(&packer, key, strlen(key));
	msgpack_pack_str_with_body(&packer, text->str, text->len);
	g_string_truncate(text, 0);
	g_string_append_len(text, buffer.data, (gssize)buffer.size);
	msgpack_sbuffer_destroy(&buffer);
}

static void pack_php(GString *text, const char *key)
{
	g_autofree char *head =
		g_strdup_printf("a:1:{s:%zu:\"%s\";s:%zu:\"", strlen(key), key, text->len);

	g_string_prepend(text, head);
	g_string_append(text, "\";}");
}

static void pack_sparkpost(GString *text, const char *tag)
{
	g_autoptr(GString) items = g_string_new("\x42\x02zz");

	g_string_append_c(items, (char)(0xC0 | atoi(tag)));
	for (unsigned i = 0; i < 4; i++)
		g_string_append_c(items, (char)(text->len >> (8 * i)));
	g_string_prepend_len(text, items->str, (gssize)items->len);
}

static void pack_marked(GString *text, char slash)
{
	g_autoptr(GString) out = g_string_new(NULL);

	for (size_t i = 0; i < text->len; i++) {
		char c = text->str[i];

		if (g_ascii_isalnum(c) || c == '.')
			g_string_append_c(out, c);
		else if (c == '/' && slash)
			g_string_append_c(out, slash);
		else
			g_string_append_printf(out, "-%02X", (guchar)c);
	}
	g_string_assign(text, out->str);
}

static void pack_sendgrid(GString *text, const char *argument)
{
	(void)argument;
	pack_marked(text, '\0');
}

static void pack_urldefense2(GString *text, const char *argument)
{
	(void)argument;
	pack_marked(text, '_');
}

static void pack_rot13(GString *text, const char *argument)
{
	static const char from[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	static const char to[] = "NOPQRSTUVWXYZABCDEFGHIJKLMnopqrstuvwxyzabcdefghijklm";

	(void)argument;
	for (size_t i = 0; i < text->len; i++) {
		const char *at = text->str[i] ? strchr(from, text->str[i]) : NULL;

		text->str[i] = at ? to[at - from] : text->str[i];
	}
}

static void pack_reverse(GString *text, const char *argument)
{
	(void)argument;
	for (size_t i = 0; i < text->len / 2; i++) {
		char c = text->str[i];

		text->str[i] = text->str[text->len - 1 - i];
		text->str[text->len - 1 - i] = c;
	}
}

static void pack_skip(GString *text, const char *count)
{
	for (int i = atoi(count); i > 0; i--)
		g_string_prepend_c(text, 'a');
}

static void pack_until(GString *text, const char *end)
{
	g_string_append_printf(text, "%ssignature", end);
}

static void pack_after(GString *text, const char *start)
{
	g_string_prepend(text, start);
	g_string_prepend(text, "0:");
}

static void pack_scheme(GString *text, const char *scheme)
{
	g_autofree char *head = g_strdup_printf("%s://", scheme);

	if (g_str_has_prefix(text->str, head))
		g_string_erase(text, 0, (gssize)strlen(head));
}

static const struct packer {
	const char *decoder, *argument; /* one that serves for random pipelines */
	void (*pack)(GString *text, const char *argument);
	bool texts; /* takes only UTF-8 without NUL */
} packers[] = {
	{"percent", NULL, pack_percent, false},
	{"form", "l", pack_form, false},
	{"base64", NULL, pack_base64, false},
	{"hex", NULL, pack_hex, false},
	{"json", "url", pack_json, true},
	{"jwt", "url", pack_jwt, true},
	{"zlib", NULL, pack_zlib, false},
	{"cbor", "url", pack_cbor, true},
	{"msgpack", "url", pack_msgpack, true},
	{"php", "url", pack_php, true},
	{"sparkpost", "4", pack_sparkpost, false},
	{"sendgrid", NULL, pack_sendgrid, false},
	{"urldefense2", NULL, pack_urldefense2, false},
	{"rot13", NULL, pack_rot13, false},
	{"reverse", NULL, pack_reverse, false},
	{"skip", "2", pack_skip, false},
	{"after", ":-)", pack_after, false},
	/* These say nothing of any bytes. */
	{"entities", NULL, pack_entities, true},
	{"until", ".", pack_until, true},
	{"scheme", "https", pack_scheme, true},
};
#define RANDOM_PACKERS (G_N_ELEMENTS(packers) - 3)

static const struct packer *packer_find(const char *decoder)
{
	for (size_t i = 0; i < G_N_ELEMENTS(packers); i++)
		if (strcmp(packers[i].decoder, decoder) == 0)
			return &packers[i];
	fail_msg("nothing packs %s", decoder);
	return NULL;
}

/* ---- pipelines ---- */

static void assert_pipeline(const GPtrArray *pipeline, struct url *url, const GString *wanted)
{
	g_autoptr(GString) out = g_string_new(NULL);
	g_autofree char *text = rule_pipeline_text(pipeline);

	assert_non_null(url);
	if (!pipeline_try(pipeline, url, out))
		fail_msg("%s fails on %.300s", text, url_href(url));
	if (!g_string_equal(out, wanted))
		fail_msg("%s yields %.300s, not %.300s", text, out->str, wanted->str);
	url_free(url);
}

static struct url *url_with(const GString *packed)
{
	g_autofree char *text = g_strconcat("https://click.example.net/c?p=", packed->str, NULL);

	return url_parse(text, strlen(text), NULL);
}

/* Up to six decoders after the source, and what they unpack as a parameter. */
static void test_random_pipelines(void **state)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(1);

	(void)state;
	for (unsigned i = 0; i < 2000; i++) {
		g_autoptr(GPtrArray) pipeline = rule_steps_new();
		g_autoptr(GString) wanted = i % 2 ? babble(rand, i % 40) : noise(rand, i % 40);
		g_autoptr(GString) packed = g_string_new_len(wanted->str, (gssize)wanted->len);

		for (int steps = g_rand_int_range(rand, 0, 6); steps > 0; steps--) {
			const struct packer *packer =
				&packers[g_rand_int_range(rand, 0, RANDOM_PACKERS)];

			if (packer->texts && (!g_utf8_validate(packed->str, -1, NULL) ||
						     strlen(packed->str) != packed->len))
				continue;
			packer->pack(packed, packer->argument);
			g_ptr_array_insert(
				pipeline, 0, rule_step_new(packer->decoder, packer->argument));
		}
		/* What a URL can hold. */
		pack_percent(packed, NULL);
		g_ptr_array_insert(pipeline, 0, rule_step_new("percent", NULL));
		g_ptr_array_insert(pipeline, 0, rule_step_new("param", "p"));
		assert_pipeline(pipeline, url_with(packed), wanted);
	}
}

/* Shapes of real trackers. */
static const struct {
	const char *steps, *destination;
} shapes[] = {
	{"percent", "https://www.example.com/?a=b&c#d"},
	{"percent | percent", "https://www.example.com/?a=b&c#d"},
	{"percent | percent | percent", "https://www.example.com/%41?a=b%20c"},
	{"form", "https://www.example.com/a b?c+d"},
	{"percent | entities", "https://www.example.com/?a&b='c'"},
	{"percent | scheme https", "https://www.example.com/?a"},
	{"base64", "https://www.example.com/landing?x=1"},
	{"base64 | percent", "https://www.example.com/landing?x=1&y=%C3%A9"},
	{"skip 2 | base64", "https://www.example.com/landing?x=1"},
	{"base64 | json p | json url", "https://www.example.com/?q=\"\\\""},
	{"base64 | json href", "https://www.example.com/?\xC3\xA9"},
	{"until . | base64 | json e", "https://www.example.com/?e=1"},
	{"base64 | zlib | form l", "https://www.example.com/?l=1&r=2"},
	{"base64 | sparkpost 4", "https://www.example.com/"},
	{"jwt originalUrl", "https://www.example.com/?t=1"},
	{"percent | json TargetUrl", "https://www.example.com/?t=1"},
	{"base64 | php url", "https://www.example.com/?\xC3\xA9"},
	{"base64 | cbor url", "https://www.example.com/?c"},
	{"base64 | msgpack u", "https://www.example.com/?m"},
	{"sendgrid | base64", "https://www.example.com/?-2F"},
	{"urldefense2", "https://www.example.com/a_b-c?d=%2F"},
	{"urldefense2 | entities", "https://www.example.com/?a&b"},
	{"hex | reverse", "https://www.example.com/"},
	{"rot13", "https://www.example.com/"},
	{"base64 | after |", "https://www.example.com/|"},
};

static void test_shapes(void **state)
{
	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++) {
		g_auto(GStrv) steps = g_strsplit(shapes[i].steps, " | ", -1);
		g_autoptr(GPtrArray) pipeline = rule_steps_new();
		g_autoptr(GString) packed = g_string_new(shapes[i].destination);
		g_autoptr(GString) wanted = g_string_new(shapes[i].destination);

		for (guint at = g_strv_length(steps); at > 0; at--) {
			g_auto(GStrv) words = g_strsplit(steps[at - 1], " ", 2);

			packer_find(words[0])->pack(packed, words[1]);
			g_ptr_array_insert(pipeline, 0, rule_step_new(words[0], words[1]));
		}
		g_ptr_array_insert(pipeline, 0, rule_step_new("param", "p"));
		assert_pipeline(pipeline, url_with(packed), wanted);
	}
}

/* ---- limits ---- */

/* Layers of zlib in one another, the innermost of 64 MiB. */
static void test_bomb_in_bombs(void **state)
{
	g_autoptr(GPtrArray) pipeline = rule_steps_new();
	g_autoptr(GString) packed = g_string_new(NULL), out = g_string_new(NULL);

	(void)state;
	g_string_set_size(packed, 64 * DECODE_MAX_SIZE);
	memset(packed->str, 0, packed->len);
	g_ptr_array_add(pipeline, rule_step_new("param", "p"));
	g_ptr_array_add(pipeline, rule_step_new("base64", NULL));
	for (unsigned i = 0; i < 3; i++) {
		pack_zlib(packed, NULL);
		g_ptr_array_add(pipeline, rule_step_new("zlib", NULL));
	}
	pack_base64(packed, NULL);
	struct url *url = url_with(packed);
	assert_non_null(url);
	assert_false(pipeline_try(pipeline, url, out));
	assert_true(out->allocated_len <= 4 * DECODE_MAX_SIZE);
	url_free(url);
}

/* Steps that put more before the text come to the limit and not over it. */
static void test_growing(void **state)
{
	g_autofree char *scheme = g_strnfill(DECODE_MAX_SIZE / 8, 's');
	g_autoptr(GPtrArray) pipeline = rule_steps_new();
	g_autoptr(GString) out = g_string_new(NULL), short_text = g_string_new("x");

	(void)state;
	g_ptr_array_add(pipeline, rule_step_new("param", "p"));
	for (unsigned i = 0; i < 7; i++)
		g_ptr_array_add(pipeline, rule_step_new("scheme", scheme));
	struct url *url = url_with(short_text);
	assert_true(pipeline_try(pipeline, url, out));
	g_ptr_array_add(pipeline, rule_step_new("scheme", scheme));
	assert_false(pipeline_try(pipeline, url, out));
	url_free(url);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_pipelines),
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_bomb_in_bombs),
		cmocka_unit_test(test_growing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
