/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The structured carriers: random values, written by the libraries (PHP's by a writer of its own),
 * are read back alike from each; then what is special to one, and hostile input.
 */
#include "rules/decode/value.h"
#include "tests/unit/decoding.h"

#include <cbor.h>
#include <msgpack.h>

/* ---- writers ---- */

static void to_json(const json_t *value, GRand *rand, GString *out)
{
	size_t flags = JSON_ENCODE_ANY;

	flags |= g_rand_boolean(rand) ? JSON_COMPACT : JSON_INDENT(2);
	flags |= g_rand_boolean(rand) ? JSON_ENSURE_ASCII : 0;
	flags |= g_rand_boolean(rand) ? JSON_ESCAPE_SLASH : 0;
	g_autofree char *text = json_dumps(value, flags);
	g_string_append(out, text);
}

static cbor_item_t *cbor_number(json_int_t number)
{
	if (number < 0)
		return cbor_build_negint64((uint64_t)(-1 - number));
	if (number <= G_MAXUINT8)
		return cbor_build_uint8((uint8_t)number);
	if (number <= G_MAXUINT16)
		return cbor_build_uint16((uint16_t)number);
	return number <= G_MAXUINT32 ? cbor_build_uint32((uint32_t)number)
				     : cbor_build_uint64((uint64_t)number);
}

/* Whole, or in chunks. */
static cbor_item_t *cbor_text(const char *text, size_t len, GRand *rand)
{
	cbor_item_t *string;

	if (g_rand_int_range(rand, 0, 3))
		return cbor_build_stringn(text, len);
	string = cbor_new_indefinite_string();
	for (size_t at = 0; at < len;) {
		size_t end = (size_t)(g_utf8_next_char(text + at) - text);

		assert_true(cbor_string_add_chunk(
			string, cbor_move(cbor_build_stringn(text + at, end - at))));
		at = end;
	}
	return string;
}

static cbor_item_t *cbor_of(const json_t *value, GRand *rand);

static cbor_item_t *cbor_map(const json_t *object, GRand *rand)
{
	cbor_item_t *map = g_rand_boolean(rand) ? cbor_new_indefinite_map()
						: cbor_new_definite_map(json_object_size(object));
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value)
	{
		assert_true(cbor_map_add(
			map, (struct cbor_pair){cbor_move(cbor_text(key, strlen(key), rand)),
				     cbor_move(cbor_of(value, rand))}));
	}
	return map;
}

static cbor_item_t *cbor_array(const json_t *from, GRand *rand)
{
	cbor_item_t *array = g_rand_boolean(rand) ? cbor_new_indefinite_array()
						  : cbor_new_definite_array(json_array_size(from));

	for (size_t i = 0; i < json_array_size(from); i++)
		assert_true(
			cbor_array_push(array, cbor_move(cbor_of(json_array_get(from, i), rand))));
	return array;
}

static cbor_item_t *cbor_of(const json_t *value, GRand *rand)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return cbor_map(value, rand);
	case JSON_ARRAY:
		return cbor_array(value, rand);
	case JSON_STRING:
		return cbor_text(json_string_value(value), json_string_length(value), rand);
	case JSON_INTEGER:
		return cbor_number(json_integer_value(value));
	case JSON_REAL:
		return cbor_build_float8(json_real_value(value));
	default:
		return cbor_build_bool(json_is_true(value));
	}
}

static void put_cbor(cbor_item_t *item, GString *out)
{
	unsigned char *bytes;
	size_t size, len = cbor_serialize_alloc(item, &bytes, &size);

	assert_true(len > 0);
	g_string_append_len(out, (char *)bytes, (gssize)len);
	free(bytes);
	cbor_decref(&item);
}

static void to_cbor(const json_t *value, GRand *rand, GString *out)
{
	put_cbor(cbor_of(value, rand), out);
}

static void pack(msgpack_packer *packer, const json_t *value)
{
	const char *key;
	json_t *child;

	if (json_is_object(value)) {
		msgpack_pack_map(packer, json_object_size(value));
		json_object_foreach((json_t *)value, key, child)
		{
			msgpack_pack_str_with_body(packer, key, strlen(key));
			pack(packer, child);
		}
	} else if (json_is_array(value)) {
		msgpack_pack_array(packer, json_array_size(value));
		for (size_t i = 0; i < json_array_size(value); i++)
			pack(packer, json_array_get(value, i));
	} else if (json_is_string(value)) {
		msgpack_pack_str_with_body(
			packer, json_string_value(value), json_string_length(value));
	} else if (json_is_integer(value)) {
		msgpack_pack_int64(packer, json_integer_value(value));
	} else if (json_is_real(value)) {
		msgpack_pack_double(packer, json_real_value(value));
	} else {
		json_is_true(value) ? msgpack_pack_true(packer) : msgpack_pack_false(packer);
	}
}

static void to_msgpack(const json_t *value, GRand *rand, GString *out)
{
	msgpack_sbuffer buffer;
	msgpack_packer packer;

	(void)rand;
	msgpack_sbuffer_init(&buffer);
	msgpack_packer_init(&packer, &buffer, msgpack_sbuffer_write);
	pack(&packer, value);
	g_string_append_len(out, buffer.data, (gssize)buffer.size);
	msgpack_sbuffer_destroy(&buffer);
}

static void put_php_text(GString *out, const char *text, size_t len)
{
	g_string_append_printf(out, "s:%zu:\"", len);
	g_string_append_len(out, text, (gssize)len);
	g_string_append(out, "\";");
}

static void to_php(const json_t *value, GRand *rand, GString *out)
{
	const char *key;
	json_t *child;

	if (json_is_object(value)) {
		g_string_append_printf(out, "a:%zu:{", json_object_size(value));
		json_object_foreach((json_t *)value, key, child)
		{
			put_php_text(out, key, strlen(key));
			to_php(child, rand, out);
		}
		g_string_append_c(out, '}');
	} else if (json_is_array(value)) {
		g_string_append_printf(out, "a:%zu:{", json_array_size(value));
		for (size_t i = 0; i < json_array_size(value); i++) {
			g_string_append_printf(out, "i:%zu;", i);
			to_php(json_array_get(value, i), rand, out);
		}
		g_string_append_c(out, '}');
	} else if (json_is_string(value)) {
		put_php_text(out, json_string_value(value), json_string_length(value));
	} else if (json_is_number(value)) {
		g_autofree char *text = json_dumps(value, JSON_ENCODE_ANY);
		g_string_append_printf(out, "%c:%s;", json_is_real(value) ? 'd' : 'i', text);
	} else {
		g_string_append(out, json_is_true(value) ? "b:1;" : "b:0;");
	}
}

static const struct writer {
	const char *decoder;
	void (*write)(const json_t *value, GRand *rand, GString *out);
} writers[] = {{"json", to_json}, {"cbor", to_cbor}, {"msgpack", to_msgpack}, {"php", to_php}};

/* ---- random values ---- */

static json_t *random_scalar(GRand *rand)
{
	static const json_int_t edges[] = {0, 23, 24, 127, 128, 255, 256, 65535, 65536, 4294967295,
		4294967296, G_MAXINT64, -1, -24, -25, -32, -33, -128, -129, -32769, G_MININT64};
	g_autoptr(GString) text = babble(rand, (size_t)g_rand_int_range(rand, 0, 300));

	switch (g_rand_int_range(rand, 0, 4)) {
	case 0:
		return json_integer(edges[g_rand_int_range(rand, 0, G_N_ELEMENTS(edges))]);
	case 1:
		return json_boolean(g_rand_boolean(rand));
	case 2:
		return json_real(g_rand_double_range(rand, -1e6, 1e6));
	default:
		return json_stringn(text->str, text->len);
	}
}

static json_t *random_value(GRand *rand, unsigned depth)
{
	int kind = depth ? g_rand_int_range(rand, 0, 3) : 2;
	json_t *value = kind == 0 ? json_array() : kind == 1 ? json_object() : random_scalar(rand);

	for (int i = g_rand_int_range(rand, 1, 10); kind < 2 && i > 0; i--) {
		g_autoptr(GString) key = babble(rand, (size_t)g_rand_int_range(rand, 1, 20));

		g_strdelimit(key->str, ".", '_');
		if (kind == 0)
			json_array_append_new(value, random_value(rand, depth - 1));
		else
			json_object_set_new(value, key->str, random_value(rand, depth - 1));
	}
	return value;
}

/* A scalar somewhere in the value; `path` gets the way to it. */
static const json_t *pick(const json_t *value, GRand *rand, GString *path)
{
	while (json_is_object(value) || json_is_array(value)) {
		size_t size =
			json_is_array(value) ? json_array_size(value) : json_object_size(value);
		size_t at = (size_t)g_rand_int_range(rand, 0, (gint32)size);
		void *iter = json_object_iter((json_t *)value);

		g_string_append(path, path->len ? "." : "");
		if (json_is_array(value)) {
			g_string_append_printf(path, "%zu", at);
			value = json_array_get(value, at);
			continue;
		}
		while (at--)
			iter = json_object_iter_next((json_t *)value, iter);
		g_string_append(path, json_object_iter_key(iter));
		value = json_object_iter_value(iter);
	}
	return value;
}

static void assert_reads(
	const struct writer *writer, const GString *bytes, const char *path, const json_t *wanted)
{
	g_autoptr(GString) out = g_string_new(NULL);

	if (!decode(writer->decoder, path, span_from_string(bytes), out))
		fail_msg("%s %s fails", writer->decoder, path ? path : "");
	if (json_is_string(wanted)) {
		assert_int_equal(out->len, json_string_length(wanted));
		assert_memory_equal(out->str, json_string_value(wanted), out->len);
	} else if (json_is_integer(wanted)) {
		assert_int_equal(g_ascii_strtoll(out->str, NULL, 10), json_integer_value(wanted));
	} else if (json_is_real(wanted)) {
		assert_true(g_ascii_strtod(out->str, NULL) == json_real_value(wanted));
	} else {
		assert_string_equal(out->str, json_is_true(wanted) ? "true" : "false");
	}
}

static void test_all_read_what_was_written(void **state)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(1);

	(void)state;
	for (unsigned i = 0; i < 400; i++) {
		const struct writer *writer = &writers[i % G_N_ELEMENTS(writers)];
		g_autoptr(GString) bytes = g_string_new(NULL);
		json_t *value = random_value(rand, 3);

		writer->write(value, rand, bytes);
		for (unsigned picks = 0; picks < 5; picks++) {
			g_autoptr(GString) path = g_string_new(NULL);
			const json_t *wanted = pick(value, rand, path);

			assert_reads(writer, bytes, path->len ? path->str : NULL, wanted);
		}
		json_decref(value);
	}
}

static void test_all_want_it_whole(void **state)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(2);

	(void)state;
	for (unsigned i = 0; i < 4 * G_N_ELEMENTS(writers); i++) {
		const struct writer *writer = &writers[i % G_N_ELEMENTS(writers)];
		g_autoptr(GString) bytes = g_string_new(NULL);
		json_t *value = json_pack("{s:s, s:[i, b, {s:s}], s:f}", "href",
			"https://www.example.com/", "list", 70000, 1, "a", "b", "c", 0.5);

		writer->write(value, rand, bytes);
		assert_decodes(writer->decoder, "href", span_from_string(bytes),
			BYTES("https://www.example.com/"));
		assert_whole_only(writer->decoder, "href", span_from_string(bytes));
		json_decref(value);
	}
}

/* ---- paths ---- */

static const char sample[] =
	"{\"a\": {\"b\": [1, {\"c\": \"x\"}, true, null, \"\"]}, \"0\": \"zero\","
	" \"\": \"empty\", \"n\": null, \"e\": [], \"dup\": 1, \"dup\": 2}";

static void test_paths(void **state)
{
	(void)state;
	assert_text("json", "a.b.0", sample, "1");
	assert_text("json", "a.b.1.c", sample, "x");
	assert_text("json", "a.b.2", sample, "true");
	assert_text("json", "a.b.4", sample, "");
	assert_text("json", "0", sample, "zero");
	assert_text("json", "e", sample, "[]");
	assert_text("json", "a.b", sample, "[1,{\"c\":\"x\"},true,null,\"\"]");
	assert_text("json", "a.b.1", sample, "{\"c\":\"x\"}");
	assert_text("json", "dup", sample, "2");
	assert_text("json", NULL, "\"http:\\/\\/example.com\\u002f\"", "http://example.com/");
	assert_text("json", NULL, " [1, 2] ", "[1,2]");
}

static void test_paths_that_lead_nowhere(void **state)
{
	static const char *const paths[] = {"b", "A", "n", "a.b.3", "a.b.5", "a.b.-1", "a.b.0x1",
		"a.b.1x", "a.b.", "a.b.0.c", "a.b.99999999999999999999", ".", "a..b", "0.0"};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(paths); i++)
		assert_refused("json", paths[i], span_from(sample));
}

static void test_json_in_json(void **state)
{
	json_t *inner = json_pack("{s:s}", "url", "https://www.example.com/?q=\"\\");
	g_autofree char *text = json_dumps(inner, 0);
	json_t *outer = json_pack("{s:s, s:i}", "p", text, "v", 1);
	g_autofree char *whole = json_dumps(outer, 0);

	(void)state;
	assert_text("json", "p", whole, text);
	assert_text("json", "url", text, "https://www.example.com/?q=\"\\");
	json_decref(inner);
	json_decref(outer);
}

static void test_json_refuses(void **state)
{
	static const char *const bad[] = {"", " ", "{", "{\"a\": 1}}", "{\"a\": 1} x", "{a: 1}",
		"{'a': 1}", "[1,]", "nul", "NaN", "01", "\"\xFF\"", "\"\\ud800\"", "\"\n\"",
		"1e999", "99999999999999999999", "/* */ 1", "\xEF\xBB\xBF{}"};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		assert_refused("json", NULL, span_from(bad[i]));
	assert_refused("json", NULL, BYTES("null"));
	assert_refused("json", NULL, BYTES("{\"a\": 1}\0"));
	assert_refused("json", "a", BYTES("{\"a\\u0000\": 1}"));
	assert_decodes("json", "a", BYTES("{\"a\": \"b\\u0000c\"}"), BYTES("b\0c"));
}

/* ---- JSON Web Tokens ---- */

static void test_jwt(void **state)
{
	static const guchar json[] = "{\"originalUrl\": \"https://www.example.com/?a\", \"n\": 7}";
	g_autofree char *payload = g_base64_encode(json, sizeof(json) - 1);
	g_autofree char *token = g_strdup_printf("eyJhbGciOiJIUzI1NiJ9.%s.c2ln", payload);
	g_autofree char *unsigned_token = g_strdup_printf("e30.%s.", payload);

	(void)state;
	assert_text("jwt", "originalUrl", token, "https://www.example.com/?a");
	assert_text("jwt", "n", unsigned_token, "7");
	assert_refused("jwt", "url", span_from(token));
	assert_refused("jwt", "n", span_from(payload));
	assert_refused("jwt", NULL, BYTES("a.b"));
	assert_refused("jwt", NULL, BYTES(".."));
	assert_refused("jwt", NULL, BYTES("e30.!!!!.c2ln"));
	assert_refused("jwt", NULL, BYTES("e30.YWJj.c2ln"));
	assert_text("jwt", NULL, "e30.e30.c2ln", "{}");
}

/* ---- numbers ---- */

static void test_numbers_are_short(void **state)
{
	(void)state;
	assert_text("json", NULL, "0.1", "0.1");
	assert_text("json", NULL, "1700000000.25", "1700000000.25");
	assert_text("json", NULL, "0.30000000000000004", "0.30000000000000004");
	assert_text("json", NULL, "2.5e-7", "2.5e-7");
	assert_text("json", NULL, "9223372036854775807", "9223372036854775807");
	assert_text("php", NULL, "d:0.1;", "0.1");
	assert_decodes("cbor", NULL, BYTES("\xF9\x3C\0"), BYTES("1.0"));
	assert_decodes("cbor", NULL, BYTES("\xFA\x3F\0\0\0"), BYTES("0.5"));
	assert_decodes("msgpack", NULL, BYTES("\xCA\x3F\0\0\0"), BYTES("0.5"));
}

static void test_numbers_beyond_64_bits(void **state)
{
	const struct span most = BYTES("18446744073709551615");

	(void)state;
	assert_decodes("cbor", NULL, BYTES("\x1B\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), most);
	assert_decodes("msgpack", NULL, BYTES("\xCF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), most);
	assert_decodes("cbor", NULL, BYTES("\x3B\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF"),
		BYTES("-9223372036854775808"));
	assert_refused("cbor", NULL, BYTES("\x3B\x80\0\0\0\0\0\0\0"));
	assert_refused("cbor", NULL, BYTES("\xF9\x7E\0"));
	assert_refused("msgpack", NULL, BYTES("\xCB\x7F\xF0\0\0\0\0\0\0"));
	assert_refused("php", NULL, BYTES("d:INF;"));
}

/* ---- CBOR ---- */

static void test_cbor_samples(void **state)
{
	cbor_item_t *uri = cbor_new_tag(32), *map = cbor_new_definite_map(3);
	g_autoptr(GString) bytes = g_string_new(NULL);

	(void)state;
	cbor_tag_set_item(uri, cbor_move(cbor_build_string("https://www.example.com/")));
	cbor_map_add(map, (struct cbor_pair){cbor_move(cbor_build_uint8(1)), cbor_move(uri)});
	cbor_map_add(map, (struct cbor_pair){cbor_move(cbor_build_bytestring((cbor_data) "raw", 3)),
				  cbor_move(cbor_build_bytestring((cbor_data) "bytes", 5))});
	cbor_map_add(map, (struct cbor_pair){cbor_move(cbor_build_string("bad")),
				  cbor_move(cbor_build_bytestring((cbor_data) "\xFF", 1))});
	put_cbor(map, bytes);
	assert_decodes("cbor", "1", span_from_string(bytes), BYTES("https://www.example.com/"));
	assert_decodes("cbor", "raw", span_from_string(bytes), BYTES("bytes"));
	assert_refused("cbor", "bad", span_from_string(bytes));
	assert_decodes("cbor", NULL,
		BYTES("\x5F\x42"
		      "ab\x41"
		      "c\xFF"),
		BYTES("abc"));
	assert_decodes("cbor", NULL, BYTES("\x7F\xFF"), BYTES(""));
	assert_decodes("cbor", NULL, BYTES("\xF5"), BYTES("true"));
	assert_refused("cbor", NULL, BYTES("\xF6"));
	assert_refused("cbor", NULL, BYTES("\xF7"));
}

static void test_cbor_lies(void **state)
{
	static const struct span bad[] = {
		{"\x5A\xFF\xFF\xFF\xFF"
		 "ab",
			7},
		{"\x5B\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 9},
		{"\x7B\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 9},
		{"\x9A\xFF\xFF\xFF\xFF\x01", 6},
		{"\x9B\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 10},
		{"\xBB\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01\x01", 11},
		{"\xBB\x80\0\0\0\0\0\0\x01\x01\x01", 11},
		{"\xBF\x01\xFF", 3}, /* a key without a value */
		{"\x7F\x01\xFF", 3}, /* a number among chunks */
		{"\x5F\x5F\xFF\xFF", 4},
		{"\x1C", 1},
		{"\x1F", 1},
		{"\xFF", 1},
		{"\xC0", 1},
		{"\xDF\x01", 2},
	};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		assert_refused("cbor", NULL, bad[i]);
}

/* ---- MessagePack ---- */

static void test_msgpack_samples(void **state)
{
	(void)state;
	assert_decodes("msgpack", "1", BYTES("\x81\x01\xA3url"), BYTES("url"));
	assert_decodes("msgpack", "b",
		BYTES("\x81\xC4\x01"
		      "b\xC4\x03url"),
		BYTES("url"));
	assert_decodes("msgpack", "a",
		BYTES("\x83\xA1\x62\xC7\x02\x05xy\xA1\x63\xD4\x01z\xA1"
		      "a\xA1x"),
		BYTES("x"));
	assert_refused("msgpack", "b", BYTES("\x81\xA1\x62\xC7\x02\x05xy"));
	assert_refused("msgpack", NULL, BYTES("\xC0"));
	assert_refused("msgpack", NULL, BYTES("\xC1"));
	assert_refused("msgpack", NULL, BYTES("\xA1\xFF"));
	assert_refused("msgpack", NULL, BYTES("\xC4\x01\xFF"));
}

static void test_msgpack_lies(void **state)
{
	static const struct span bad[] = {
		{"\xDB\xFF\xFF\xFF\xFF"
		 "ab",
			7},
		{"\xC6\xFF\xFF\xFF\xFF"
		 "ab",
			7},
		{"\xC9\xFF\xFF\xFF\xFF\x01"
		 "ab",
			8},
		{"\xDD\xFF\xFF\xFF\xFF\x01", 6},
		{"\xDF\xFF\xFF\xFF\xFF\x01\x01", 7},
		{"\xDD\x05\xFF\xFF\xFF\x01", 6}, /* 2 GiB of items, which malloc() gives */
		{"\x82\x01\x01\x01", 4},
		{"\xD9", 1},
		{"\xD8\x01\x01", 3},
	};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		assert_refused("msgpack", NULL, bad[i]);
}

/* ---- PHP ---- */

static void test_php_samples(void **state)
{
	static const char array[] =
		"a:5:{s:3:\"url\";s:19:\"http://example.com/\";i:0;i:-7;s:1:\"n\";N;"
		"s:3:\"bad\";s:2:\"\xC3\xC3\";i:9;a:1:{i:0;b:1;}}";

	(void)state;
	assert_text("php", "url", array, "http://example.com/");
	assert_text("php", "0", array, "-7");
	assert_text("php", "9.0", array, "true");
	assert_refused("php", "n", span_from(array));
	assert_refused("php", "bad", span_from(array));
	assert_text("php", NULL, "s:3:\"a\"b\";", "a\"b");
	assert_text("php", NULL, "s:0:\"\";", "");
	assert_text("php", NULL, "b:0;", "false");
	assert_text("php", NULL, "a:0:{}", "{}");
}

static void test_php_refuses(void **state)
{
	static const char *const bad[] = {"", "i:", "i:;", "i:1", "i:x;", "i:1x;", "b:2;", "b:;",
		"d:;", "d:x;", "s:1:\"ab\";", "s:2:\"a\";", "s:-1:\"a\";", "s:x:\"a\";",
		"s:99999999999:\"a\";", "s:18446744073709551616:\"a\";", "a:1:{}", "a:1:{i:0;}",
		"a:0:{i:0;i:1;}", "a:-1:{}", "a:4294967296:{i:0;i:1;}", "a:1{i:0;i:1;}",
		"O:8:\"stdClass\":0:{}", "C:1:\"A\":0:{}", "r:1;", "E:3:\"A:B\";", "x"};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		assert_refused("php", NULL, span_from(bad[i]));
}

/* ---- bombs ---- */

/* `depth` lists in one another and a number in the innermost. */
static GString *nested(const char *open, size_t depth, const char *number, const char *close)
{
	GString *text = repeated(open, depth);
	g_autoptr(GString) tail = repeated(close, depth);

	g_string_append(text, number);
	g_string_append(text, tail->str);
	return text;
}

static const struct {
	const char *decoder, *open, *number, *close;
} nests[] = {{"json", "[", "1", "]"}, {"json", "{\"a\":", "1", "}"}, {"cbor", "\x81", "\x01", ""},
	{"cbor", "\xA1\x61\x61", "\x01", ""}, {"cbor", "\x9F", "\x01", "\xFF"},
	{"cbor", "\xC0", "\x01", ""}, {"msgpack", "\x91", "\x01", ""},
	{"msgpack", "\x81\xA1\x61", "\x01", ""}, {"php", "a:1:{i:0;", "i:1;", "}"}};

static void test_depth(void **state)
{
	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(nests); i++) {
		static const size_t deep[] = {DECODE_MAX_DEPTH + 1, 1000, 100000};
		g_autoptr(GString) out = g_string_new(NULL);
		g_autoptr(GString) most = nested(
			nests[i].open, DECODE_MAX_DEPTH - 1, nests[i].number, nests[i].close);

		if (!decode(nests[i].decoder, NULL, span_from_string(most), out))
			fail_msg("%s of %s", nests[i].decoder, nests[i].open);
		for (size_t j = 0; j < G_N_ELEMENTS(deep); j++) {
			g_autoptr(GString) over =
				nested(nests[i].open, deep[j], nests[i].number, nests[i].close);
			g_autoptr(GString) cut = repeated(nests[i].open, deep[j]);

			assert_refused(nests[i].decoder, NULL, span_from_string(over));
			assert_refused(nests[i].decoder, NULL, span_from_string(cut));
		}
	}
}

static void test_depth_in_texts_does_not_count(void **state)
{
	g_autoptr(GString) text = repeated("[{", 1000);
	json_t *value = json_pack("{s:s, s:s}", "a", text->str, "b\\\"", "c");
	g_autofree char *json = json_dumps(value, 0);

	(void)state;
	assert_text("json", "a", json, text->str);
	assert_text("json", "b\\\"", json, "c");
	json_decref(value);
}

static void assert_items(const char *decoder, const char *head, size_t count, const char *item,
	const char *tail, bool taken)
{
	g_autoptr(GString) text = g_string_new(head), items = repeated(item, count);
	g_autoptr(GString) out = g_string_new(NULL);

	g_string_append(text, items->str);
	g_string_append(text, tail);
	assert_int_equal(decode(decoder, NULL, span_from_string(text), out), taken);
}

static void test_items(void **state)
{
	const size_t most = VALUE_MAX_ITEMS - 1;

	(void)state;
	assert_items("cbor", "\x9F", most, "\x01", "\xFF", true);
	assert_items("cbor", "\x9F", most + 1, "\x01", "\xFF", false);
	assert_items("cbor", "\x9F", DECODE_MAX_SIZE - 2, "\x01", "\xFF", false);
	/* Lists of 9,999 and 10,001 items. */
	assert_items("msgpack", "\xDC\x27\x0F", most, "\x01", "", true);
	assert_items("msgpack", "\xDC\x27\x11", most + 2, "\x01", "", false);
	assert_items("php", "a:4999:{", 4999, "i:0;i:0;", "}", true);
	assert_items("php", "a:5000:{", 5000, "i:0;i:0;", "}", false);
	assert_items("json", "[0", DECODE_MAX_SIZE / 2 - 2, ",0", "]", true);
	assert_items("json", "[0", DECODE_MAX_SIZE / 2, ",0", "]", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_read_what_was_written),
		cmocka_unit_test(test_all_want_it_whole),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_paths_that_lead_nowhere),
		cmocka_unit_test(test_json_in_json),
		cmocka_unit_test(test_json_refuses),
		cmocka_unit_test(test_jwt),
		cmocka_unit_test(test_numbers_are_short),
		cmocka_unit_test(test_numbers_beyond_64_bits),
		cmocka_unit_test(test_cbor_samples),
		cmocka_unit_test(test_cbor_lies),
		cmocka_unit_test(test_msgpack_samples),
		cmocka_unit_test(test_msgpack_lies),
		cmocka_unit_test(test_php_samples),
		cmocka_unit_test(test_php_refuses),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_depth_in_texts_does_not_count),
		cmocka_unit_test(test_items),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
