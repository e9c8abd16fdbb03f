/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/domain.h"
#include "rules/punycode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

struct pair {
	const char *input;
	const char *output; /* NULL: none */
};

static void check_pairs(const struct pair *pairs, size_t count, char *convert(struct span))
{
	for (size_t i = 0; i < count; i++) {
		g_autofree char *found = convert(span_from(pairs[i].input));

		if (g_strcmp0(found, pairs[i].output) != 0)
			fail_msg("%s: %s, expected %s", pairs[i].input, found, pairs[i].output);
	}
}

static char *registrable(struct span host)
{
	struct span found = domain_registrable(host);

	if (found.ptr)
		assert_true(found.ptr >= host.ptr && found.ptr + found.len <= host.ptr + host.len);
	return span_dup(found);
}

static void finds_registrable_domains(void **state)
{
	static const struct pair pairs[] = {
		{"example.com", "example.com"},
		{"a.b.example.com", "example.com"},
		{"a.b.example.co.uk", "example.co.uk"},
		{"www.example.com.", "example.com"},
		{"com", NULL},
		{"co.uk", NULL},
		{"localhost", NULL},
		{"", NULL},
		{".", NULL},
		/* private suffixes */
		{"github.io", NULL},
		{"someone.github.io", "someone.github.io"},
		{"a.someone.github.io", "someone.github.io"},
		/* *.ck but !www.ck; *.kawasaki.jp but !city.kawasaki.jp */
		{"example.ck", NULL},
		{"a.example.ck", "a.example.ck"},
		{"b.a.example.ck", "a.example.ck"},
		{"www.ck", "www.ck"},
		{"x.www.ck", "www.ck"},
		{"x.city.kawasaki.jp", "city.kawasaki.jp"},
		{"y.x.other.kawasaki.jp", "x.other.kawasaki.jp"},
		/* a top-level domain that is not listed: the rule `*` */
		{"a.host.example", "host.example"},
		/* IDN, in the list as xn--p1ai and xn--55qx5d.cn */
		{"www.xn--e1afmkfd.xn--p1ai", "xn--e1afmkfd.xn--p1ai"},
		{"a.b.xn--55qx5d.cn", "b.xn--55qx5d.cn"},
		/* addresses */
		{"192.0.2.1", NULL},
		{"[2001:db8::1]", NULL},
		/* digits are no address where there is a name */
		{"1.2.3.example.com", "example.com"},
	};

	(void)state;
	check_pairs(pairs, G_N_ELEMENTS(pairs), registrable);
	assert_null(domain_registrable(SPAN_NONE).ptr);
}

static void refuses_odd_hosts(void **state)
{
	char longest[260];

	(void)state;
	memset(longest, 'a', sizeof longest);
	memcpy(longest + sizeof longest - 4, ".com", 4);
	assert_null(domain_registrable((struct span){longest, sizeof longest}).ptr);
	assert_null(domain_registrable((struct span){"a\0b.example.com", 15}).ptr);
	/* Only the bytes of the span are read. */
	struct span cut = domain_registrable((struct span){"www.example.com.evil.example", 15});
	assert_true(span_equal(cut, "example.com"));
}

static void compares_suffixes(void **state)
{
	static const struct {
		const char *host;
		const char *suffix;
		bool expected;
	} cases[] = {
		{"example.com", "example.com", true},
		{"a.example.com", "example.com", true},
		{"a.example.com.", "example.com", true},
		{"notexample.com", "example.com", false},
		{"example.com.evil.example", "example.com", false},
		{"com", "example.com", false},
		{"", "example.com", false},
		{"example.com", "", false},
	};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		assert_int_equal(
			domain_has_suffix(span_from(cases[i].host), span_from(cases[i].suffix)),
			cases[i].expected);
	assert_false(domain_has_suffix(SPAN_NONE, span_from("example.com")));
	assert_false(domain_has_suffix(span_from("example.com"), SPAN_NONE));
}

static void maps_to_ascii(void **state)
{
	static const struct pair pairs[] = {
		{"EXAMPLE.com", "example.com"},
		{"xn--a", "xn--a"}, /* ASCII is not looked into */
		{"b\u00fccher.example", "xn--bcher-kva.example"},
		{"B\u00dcCHER.example", "xn--bcher-kva.example"},
		{"bu\u0308cher.example", "xn--bcher-kva.example"},
		{"fa\u00df.example", "xn--fa-hia.example"},
		{"\uff45\uff58\uff41\uff4d\uff50\uff4c\uff45.example", "example.example"},
		{"a\u3002example", "a.example"},
		{"a\uff0eb\uff61example", "a.b.example"},
		{"ex\u00adam\u200bple.example", "example.example"},
		{"\u0440\u0430\u0443\u0440\u0430\u04cf.example", "xn--80aa0cbo65f.example"},
		{"\u00fc..example", "xn--tda..example"},
		{"-\u00fc-.example", "xn-----xka.example"},
		{"xn--bcher-kva.\u00fc", "xn--bcher-kva.xn--tda"},
		/* forbidden, before or after mapping */
		{"", NULL},
		{"\u00ad", NULL},
		{"a b", NULL},
		{"a%b", NULL},
		{"\u00fc/x", NULL},
		{"\u00fc\u2100", NULL},     /* a/c */
		{"\u00fc\uff0fevil", NULL}, /* a full-width slash */
		{"\u2488example", NULL},    /* "1." as one character */
		{"a\u2024example", NULL},   /* one dot leader */
		{"a\u202eb.example", NULL}, /* a bidi control */
		{"a\u061cb.example", NULL}, /* another */
		{"a\ufff0b.example", NULL}, /* ignorable, but not assigned */
		{"\u0301a.example", NULL},  /* a combining mark first */
		{"a\ue000b.example", NULL}, /* private use */
		{"\ufffd.example", NULL},
		{"\xff.example", NULL},
		{"xn--\u00fc.example", NULL},
		{"xn--a.\u00fc", NULL},    /* Punycode that does not decode */
		{"xn--abc-.\u00fc", NULL}, /* Punycode of plain ASCII */
		/* joiners: after a virama, or between Arabic letters that join */
		{"\u0915\u094d\u200d.example", "xn--11b6iy14e.example"},
		{"a\u200db.example", NULL},
		{"a\u200cb.example", NULL},
		{"\u0628\u200c\u0628.example", "xn--ngba799q.example"},
		{"\u0628\u200d\u0628.example", NULL},
		/* the Bidi rule */
		{"\u05d0\u05d1.example", "xn--4dbc.example"},
		{"a\u05d0.example", NULL},
		{"\u05d01.example", "xn--1-zhc.example"},
		{"\u05d0-.example", NULL},
		{"\u05d0\u05b0.example", "xn--7cb7d.example"},
		{"\u06601.\u05d0", NULL},
		{"\u05d01\u0660.example", NULL},
		{"1a.\u05d0", NULL},
	};

	(void)state;
	check_pairs(pairs, G_N_ELEMENTS(pairs), domain_to_ascii);
	assert_null(domain_to_ascii((struct span){"a\0b", 3}));
}

static void limits_the_length_of_an_idn(void **state)
{
	g_autoptr(GString) name = g_string_new(NULL);

	(void)state;
	while (name->len < 4096)
		g_string_append(name, "\u00fc");
	g_autofree char *taken = domain_to_ascii(span_from_string(name));
	assert_non_null(taken);
	g_string_append(name, "\u00fc");
	assert_null(domain_to_ascii(span_from_string(name)));
}

static void decodes_for_reading(void **state)
{
	static const struct pair pairs[] = {
		{"example.com", "example.com"},
		{"xn--bcher-kva.example", "b\u00fccher.example"},
		{"a.xn--80aa0cbo65f.example.", "a.\u0440\u0430\u0443\u0440\u0430\u04cf.example."},
		{"xn--bcher-kva.xn--a", "xn--bcher-kva.xn--a"},
		{"xn--.example", "xn--.example"},
		{"xn--abc-.example", "xn--abc-.example"},
		/* U+202E decodes but is not allowed */
		{"xn--a-qin.example", "xn--a-qin.example"},
		{"[2001:db8::1]", "[2001:db8::1]"},
		{"", ""},
	};

	(void)state;
	check_pairs(pairs, G_N_ELEMENTS(pairs), domain_to_unicode);
	assert_null(domain_to_unicode(SPAN_NONE));
}

/* The samples A, B and S of RFC 3492 §7.1, and a Persian one with a joiner. */
static void converts_punycode(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		uint32_t label[20];
	} cases[] = {
		{"egbpdaj6bu4bxfgehfvwxn", 17,
			{0x644, 0x64a, 0x647, 0x645, 0x627, 0x628, 0x62a, 0x643, 0x644, 0x645,
				0x648, 0x634, 0x639, 0x631, 0x628, 0x64a, 0x61f}},
		{"ihqwcrb4cv8a8dqg056pqjye", 9,
			{0x4ed6, 0x4eec, 0x4e3a, 0x4ec0, 0x4e48, 0x4e0d, 0x8bf4, 0x4e2d, 0x6587}},
		{"-> $1.00 <--", 11, {'-', '>', ' ', '$', '1', '.', '0', '0', ' ', '<', '-'}},
		{"mgba3gch31f060k", 7, {0x646, 0x627, 0x645, 0x647, 0x200c, 0x627, 0x6cc}},
	};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		uint32_t label[64];
		size_t len;

		assert_true(punycode_encode(cases[i].label, cases[i].len, text));
		assert_string_equal(text->str, cases[i].text);
		assert_true(punycode_decode(cases[i].text, strlen(cases[i].text), label, &len));
		assert_int_equal(len, cases[i].len);
		assert_memory_equal(label, cases[i].label, len * sizeof *label);
	}
}

static void refuses_bad_punycode(void **state)
{
	static const char *const bad[] = {
		"a!b",          /* no digit */
		"99999999",     /* overflow */
		"\xc3\xbc-tda", /* not ASCII before the delimiter */
		"b",            /* an integer without its end */
		"ab-0000",      /* beyond U+10FFFF */
	};
	uint32_t label[64];
	size_t len;

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		if (punycode_decode(bad[i], strlen(bad[i]), label, &len))
			fail_msg("%s was taken", bad[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_registrable_domains),
		cmocka_unit_test(refuses_odd_hosts),
		cmocka_unit_test(compares_suffixes),
		cmocka_unit_test(maps_to_ascii),
		cmocka_unit_test(limits_the_length_of_an_idn),
		cmocka_unit_test(decodes_for_reading),
		cmocka_unit_test(converts_punycode),
		cmocka_unit_test(refuses_bad_punycode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
