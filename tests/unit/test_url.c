/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static struct url *parse(const char *text)
{
	return url_parse(text, strlen(text), NULL);
}

/* The href of `text` against `base_text` (NULL: none), NULL on failure; freed with g_free(). */
static char *href(const char *text, const char *base_text)
{
	struct url *base = base_text ? parse(base_text) : NULL;
	struct url *url;
	char *copy;

	assert_true(!base_text || base);
	url = url_parse(text, strlen(text), base);
	copy = url ? g_strdup(url_href(url)) : NULL;
	url_free(url);
	url_free(base);
	return copy;
}

static void check(const char *input, const char *base, const char *expected)
{
	g_autofree char *found = href(input, base);

	if (g_strcmp0(found, expected) != 0)
		fail_msg("%s (base %s): %s, expected %s", input, base, found, expected);
}

struct reference {
	const char *input;
	const char *expected; /* NULL: failure */
};

static void check_all(const struct reference *cases, size_t count, const char *base)
{
	for (size_t i = 0; i < count; i++)
		check(cases[i].input, base, cases[i].expected);
}

#define CHECK_ALL(cases, base) check_all(cases, G_N_ELEMENTS(cases), base)

static void parses_schemes(void **state)
{
	static const struct reference cases[] = {
		{"HTTPS://example.com", "https://example.com/"},
		{"a+b-c.1:x", "a+b-c.1:x"},
		{"1a:x", NULL},
		{"", NULL},
		{":", NULL},
		{"//example.com/", NULL},
		{"example.com", NULL},
		{"http", NULL},
		{"ht tp://example.com", NULL},
		{"http:", NULL},
		{"https://", NULL},
		{"ws://example.com:80/", "ws://example.com/"},
		{"wss://example.com:443/", "wss://example.com/"},
		{"ftp://example.com:21/", "ftp://example.com/"},
	};

	(void)state;
	CHECK_ALL(cases, NULL);
}

static void parses_authorities(void **state)
{
	static const struct reference cases[] = {
		{"https://u:p@example.com/", "https://u:p@example.com/"},
		{"https://u:@example.com/", "https://u@example.com/"},
		{"https://:p@example.com/", "https://:p@example.com/"},
		{"https://@example.com/", "https://example.com/"},
		{"https://:@example.com/", "https://example.com/"},
		{"https://a@b@example.com/", "https://a%40b@example.com/"},
		{"https://a:b:c@example.com/", "https://a:b%3Ac@example.com/"},
		{"https://user@/x", NULL},
		{"https://user@:80/x", NULL},
		{"https://bank.example\\@evil.example/", "https://bank.example/@evil.example/"},
		{"https://example.com:/", "https://example.com/"},
		{"https://example.com:0443/", "https://example.com/"},
		{"https://example.com:08080/", "https://example.com:8080/"},
		{"https://example.com:65535/", "https://example.com:65535/"},
		{"https://example.com:65536/", NULL},
		{"https://example.com:80a/", NULL},
		{"https://example.com:-1/", NULL},
		{"https://:80/", NULL},
		{"https://?q", NULL},
		{"foo://", "foo://"},
		{"foo:///p", "foo:///p"},
		{"foo://h:80/", "foo://h:80/"},
		{"foo://:80/", NULL},
		{"foo://u@/", NULL},
	};

	(void)state;
	CHECK_ALL(cases, NULL);
}

static void parses_hosts(void **state)
{
	static const struct reference cases[] = {
		{"https://EXAMPLE.Com/", "https://example.com/"},
		{"https://ex%41mple.com/", "https://example.com/"},
		{"https://b\u00fccher.example/", "https://xn--bcher-kva.example/"},
		{"https://b%C3%BCcher.example/", "https://xn--bcher-kva.example/"},
		{"https://example%2ecom/", "https://example.com/"},
		{"https://a%2fb/", NULL},
		{"https://a%zz/", NULL},
		{"https://a%00b/", NULL},
		{"https://a%FFb/", NULL},
		{"https://a b/", NULL},
		{"https://a<b/", NULL},
		{"https://a\x7f"
		 "b/",
			NULL},
		{"https://%C2%AD/", NULL},
		{"https://a_b.example/", "https://a_b.example/"},
		{"https://example.com./", "https://example.com./"},
		{"foo://A b/", NULL},
		{"foo://A%zz/", "foo://A%zz/"},
		{"foo://\u00fc/", "foo://%C3%BC/"},
		{"foo://192.0.2.1/", "foo://192.0.2.1/"},
	};

	(void)state;
	CHECK_ALL(cases, NULL);
}

static void parses_ipv4(void **state)
{
	static const struct reference cases[] = {
		{"http://192.0.2.1/", "http://192.0.2.1/"},
		{"http://192.0.2.1./", "http://192.0.2.1/"},
		{"http://3221225985/", "http://192.0.2.1/"},
		{"http://0xC0000201/", "http://192.0.2.1/"},
		{"http://0300.0.02.01/", "http://192.0.2.1/"},
		{"http://192.513/", "http://192.0.2.1/"},
		{"http://192.0.0x201/", "http://192.0.2.1/"},
		{"http://0x/", "http://0.0.0.0/"},
		{"http://%31%39%32.0.2.1/", "http://192.0.2.1/"},
		{"http://\uff11\uff19\uff12.0.2.1/", "http://192.0.2.1/"},
		{"http://4294967295/", "http://255.255.255.255/"},
		{"http://4294967296/", NULL},
		{"http://99999999999999999999999/", NULL},
		{"http://192.0.2.256/", NULL},
		{"http://256.0.2.1/", NULL},
		{"http://192.0.2.1.5/", NULL},
		{"http://192..2.1/", NULL},
		{"http://192.0.2.09/", NULL},
		{"http://a.09/", NULL},
		{"http://a.0x1/", NULL},
		{"http://1.2.3.4.example/", "http://1.2.3.4.example/"},
		{"http://0xg/", "http://0xg/"},
		{"http://1.2../", "http://1.2../"},
	};

	(void)state;
	CHECK_ALL(cases, NULL);
}

static void parses_ipv6(void **state)
{
	static const struct reference cases[] = {
		{"http://[2001:DB8:0:0:0:0:0:1]/", "http://[2001:db8::1]/"},
		{"http://[2001:db8::]:8080/", "http://[2001:db8::]:8080/"},
		{"http://[::]/", "http://[::]/"},
		{"http://[::1]/", "http://[::1]/"},
		{"http://[1::]/", "http://[1::]/"},
		{"http://[1:0:2:0:0:3:0:0]/", "http://[1:0:2::3:0:0]/"},
		{"http://[1:0:2:3:4:5:6:7]/", "http://[1:0:2:3:4:5:6:7]/"},
		{"http://[1:2:3:4:5:6:7::]/", "http://[1:2:3:4:5:6:7:0]/"},
		{"http://[::ffff:192.0.2.1]/", "http://[::ffff:c000:201]/"},
		{"http://[1:2:3:4:5:6:192.0.2.1]/", "http://[1:2:3:4:5:6:c000:201]/"},
		{"http://[1:2:3:4:5:6:7:192.0.2.1]/", NULL},
		{"http://[::1:2:3:4:5:6:7:8]/", NULL},
		{"http://[1:2:3:4:5:6:7:8:9]/", NULL},
		{"http://[1:2:3]/", NULL},
		{"http://[1::2::3]/", NULL},
		{"http://[:1]/", NULL},
		{"http://[1:]/", NULL},
		{"http://[12345::]/", NULL},
		{"http://[g::]/", NULL},
		{"http://[::1%25eth0]/", NULL},
		{"http://[::192.0.2]/", NULL},
		{"http://[::192.0.2.01]/", NULL},
		{"http://[::192.0.2.256]/", NULL},
		{"http://[::192.0.2.1.1]/", NULL},
		{"http://[::.0.2.1]/", NULL},
		{"http://[]/", NULL},
		{"http://[/", NULL},
		{"http://[::1/", NULL},
		{"http://[::1]x/", NULL},
		{"foo://[2001:db8::1]/", "foo://[2001:db8::1]/"},
	};

	(void)state;
	CHECK_ALL(cases, NULL);
}

static void parses_paths(void **state)
{
	static const struct reference cases[] = {
		{"https://h.example", "https://h.example/"},
		{"https://h.example/a/./b/../c", "https://h.example/a/c"},
		{"https://h.example/a/%2E/b/%2e./c", "https://h.example/a/c"},
		{"https://h.example/../../a", "https://h.example/a"},
		{"https://h.example/a/..", "https://h.example/"},
		{"https://h.example/a/b/..", "https://h.example/a/"},
		{"https://h.example/a/.", "https://h.example/a/"},
		{"https://h.example/.../x", "https://h.example/.../x"},
		{"https://h.example/.%2", "https://h.example/.%2"},
		{"https://h.example//a//", "https://h.example//a//"},
		{"https://h.example\\a\\..\\b", "https://h.example/b"},
		{"https://h.example/ \"<>`{}^", "https://h.example/%20%22%3C%3E%60%7B%7D%5E"},
		{"https://h.example/%41%zz|'", "https://h.example/%41%zz|'"},
		{"https://h.example/\u00fc", "https://h.example/%C3%BC"},
		{"foo://h", "foo://h"},
		{"foo://h/a\\b", "foo://h/a\\b"},
		{"foo:/a/../..//b", "foo:/.//b"},
		{"foo:/.//b", "foo:/.//b"},
		{"foo:/a", "foo:/a"},
	};

	(void)state;
	CHECK_ALL(cases, NULL);
}

static void parses_opaque_paths(void **state)
{
	static const struct reference cases[] = {
		{"mailto:someone@example.com?subject=a b",
			"mailto:someone@example.com?subject=a%20b"},
		{"javascript:alert( '1' )", "javascript:alert( '1' )"},
		{"data:text/html,<b>\u00fc", "data:text/html,<b>%C3%BC"},
		{"data:a  ?q", "data:a %20?q"},
		{"data:a  #f", "data:a %20#f"},
		{"data:a  ", "data:a"},
		{"foo:", "foo:"},
		{"foo:?", "foo:?"},
		{"foo:a/../b", "foo:a/../b"},
	};

	(void)state;
	CHECK_ALL(cases, NULL);
}

static void parses_queries_and_fragments(void **state)
{
	static const struct reference cases[] = {
		{"https://h.example?a=1", "https://h.example/?a=1"},
		{"https://h.example?", "https://h.example/?"},
		{"https://h.example#", "https://h.example/#"},
		{"https://h.example/?a?b#c#d?e", "https://h.example/?a?b#c#d?e"},
		{"https://h.example/? \"<>'`{}", "https://h.example/?%20%22%3C%3E%27`{}"},
		{"foo://h/?'", "foo://h/?'"},
		{"https://h.example/# \"<>'`{}", "https://h.example/#%20%22%3C%3E'%60{}"},
		{"https://h.example/?\\..\\", "https://h.example/?\\..\\"},
		{"https://h.example/?\u00fc", "https://h.example/?%C3%BC"},
	};

	(void)state;
	CHECK_ALL(cases, NULL);
}

static void resolves_references(void **state)
{
	static const char base[] = "https://u:p@h.example:8080/a/b/c?q=1#f";
	static const struct reference cases[] = {
		{"", "https://u:p@h.example:8080/a/b/c?q=1"},
		{"#x", "https://u:p@h.example:8080/a/b/c?q=1#x"},
		{"?x", "https://u:p@h.example:8080/a/b/c?x"},
		{"?", "https://u:p@h.example:8080/a/b/c?"},
		{"d", "https://u:p@h.example:8080/a/b/d"},
		{"./d?e#f", "https://u:p@h.example:8080/a/b/d?e#f"},
		{"../d", "https://u:p@h.example:8080/a/d"},
		{"../../../d", "https://u:p@h.example:8080/d"},
		{"..", "https://u:p@h.example:8080/a/"},
		{"/d", "https://u:p@h.example:8080/d"},
		{"\\d", "https://u:p@h.example:8080/d"},
		{"//other.example/d", "https://other.example/d"},
		{"\\\\other.example", "https://other.example/"},
		{"////other.example", "https://other.example/"},
		{"https:d", "https://u:p@h.example:8080/a/b/d"},
		{"https:/d", "https://u:p@h.example:8080/d"},
		{"https:?x", "https://u:p@h.example:8080/a/b/c?x"},
		{"http:d", "http://d/"},
		{"mailto:d", "mailto:d"},
		{"d:e", "d:e"},
		{"//", NULL},
		{"//a b/", NULL},
	};

	(void)state;
	CHECK_ALL(cases, base);
}

static void resolves_against_other_bases(void **state)
{
	static const struct {
		const char *input;
		const char *base;
		const char *expected;
	} cases[] = {
		{"#x", "mailto:a@example.com?q#f", "mailto:a@example.com?q#x"},
		{"x", "mailto:a@example.com", NULL},
		{"", "mailto:a@example.com", NULL},
		{"?x", "data:a", NULL},
		{"b", "foo:/a", "foo:/b"},
		{"", "foo:/.//a", "foo:/.//a"},
		{"?q", "foo:/.//a", "foo:/.//a?q"},
		{"..", "foo:/.//a", "foo:/"},
		{"//h/b", "foo:/a", "foo://h/b"},
		{"/b", "foo://h/a", "foo://h/b"},
		{"b", "foo://h", "foo://h/b"},
		{"\\b", "foo://h/a", "foo://h/\\b"},
		{"foo:b", "foo://h/a", "foo:b"},
		{"/..//b", "foo://h/a", "foo://h//b"},
	};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		check(cases[i].input, cases[i].base, cases[i].expected);
}

static void parses_file_urls(void **state)
{
	static const struct {
		const char *input;
		const char *base;
		const char *expected;
	} cases[] = {
		{"file:", NULL, "file:///"},
		{"file:///a", NULL, "file:///a"},
		{"file:a", NULL, "file:///a"},
		{"file:/a", NULL, "file:///a"},
		{"file://LOCALHOST/a", NULL, "file:///a"},
		{"file://h/a", NULL, "file://h/a"},
		{"file:\\\\h\\a", NULL, "file://h/a"},
		{"file://h:80/", NULL, NULL},
		{"file://u@h/", NULL, NULL},
		{"file:///C|/a/../..", NULL, "file:///C:/"},
		{"file://C:/a", NULL, "file:///C:/a"},
		{"file:C|a", NULL, "file:///C|a"},
		{"file:?q", NULL, "file:///?q"},
		{"file:#f", NULL, "file:///#f"},
		{"a", "file:///C:/b/c", "file:///C:/b/a"},
		{"/a", "file:///C:/b/c", "file:///C:/a"},
		{"/a", "file://h/b/c", "file://h/a"},
		{"/D:/a", "file:///C:/b", "file:///D:/a"},
		{"D:/a", "file:///C:/b", "d:/a"},
		{"D|/a", "file://h/C:/b", "file://h/D:/a"},
		{"D|", "file:///C:/b", "file:///D:"},
		{"D|x", "file:///C:/b", "file:///C:/D|x"},
		{"..", "file:///C:/", "file:///C:/"},
		{"", "file:///a?q#f", "file:///a?q"},
		{"?x", "file:///a?q#f", "file:///a?x"},
		{"#x", "file:///a?q#f", "file:///a?q#x"},
		{"//h/x", "file:///a", "file://h/x"},
		{"file:x", "file://h/a/b", "file://h/a/x"},
	};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		check(cases[i].input, cases[i].base, cases[i].expected);
}

static void cleans_the_input(void **state)
{
	static const struct reference cases[] = {
		{" \t\x01https://h.example/ \x1f\n", "https://h.example/"},
		{"ht\ntps:/\r/h.exa\tmple/a\nb", "https://h.example/ab"},
		{"https://h.example/a b", "https://h.example/a%20b"},
		{"https://h.example/\x01\x7f", "https://h.example/%01%7F"},
		/* bytes that are not UTF-8: each maximal run is one U+FFFD */
		{"https://h.example/\xff?\xc3#\xe2\x82",
			"https://h.example/%EF%BF%BD?%EF%BF%BD#%EF%BF%BD"},
		{"https://h.example/\xed\xa0\x80x",
			"https://h.example/%EF%BF%BD%EF%BF%BD%EF%BF%BDx"},
		{"https://h.example/\xf0\x9f\x92x", "https://h.example/%EF%BF%BDx"},
		{"https://h.example/\xf0\x80\x80x",
			"https://h.example/%EF%BF%BD%EF%BF%BD%EF%BF%BDx"},
		{"https://h.example/\xe0\x80x", "https://h.example/%EF%BF%BD%EF%BF%BDx"},
		{"https://h.example/\xc0\xafx", "https://h.example/%EF%BF%BD%EF%BF%BDx"},
		{"https://h.example/\xf4\x90x", "https://h.example/%EF%BF%BD%EF%BF%BDx"},
		{"https://h\xff.example/", NULL},
		/* a newline does not make UTF-8 out of two halves */
		{"https://h.example/\xc3\n\xbc", "https://h.example/%EF%BF%BD%EF%BF%BD"},
	};

	(void)state;
	CHECK_ALL(cases, NULL);
}

static void keeps_nul_and_stays_within(void **state)
{
	static const char input[] = "https://h.example/a\0b\nc?\0d";
	struct url *url = url_parse(input, sizeof input - 1, NULL);

	(void)state;
	assert_string_equal(url_href(url), "https://h.example/a%00bc?%00d");
	url_free(url);
	/* What follows the length is not read. */
	url = url_parse("https://h.example:80801/", 22, NULL);
	assert_string_equal(url_href(url), "https://h.example:8080/");
	url_free(url);
	assert_null(url_parse("https://h\0.example/", 19, NULL));
	assert_null(url_parse(NULL, 0, NULL));
}

static void refuses_what_is_too_long(void **state)
{
	g_autoptr(GString) text = g_string_new("https://h.example/");

	(void)state;
	while (text->len < URL_MAX_LENGTH)
		g_string_append_c(text, ' ' + text->len % 95);
	text->str[text->len - 1] = 'x';
	struct url *url = url_parse(text->str, text->len, NULL);
	assert_non_null(url);
	assert_int_equal(url_fragment(url).ptr + url_fragment(url).len - url_href(url),
		strlen(url_href(url)));
	url_free(url);
	g_string_append_c(text, 'x');
	assert_null(url_parse(text->str, text->len, NULL));
}

/* The components as one line, `-` for those that are null. */
static char *components(const struct url *url)
{
	const struct span parts[] = {url_scheme(url), url_username(url), url_password(url),
		url_host(url), url_port(url), url_path(url), url_query(url), url_fragment(url)};
	GString *line = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
		g_string_append(line, i ? "|" : "");
		if (parts[i].ptr)
			g_string_append_len(line, parts[i].ptr, parts[i].len);
		else
			g_string_append_c(line, '-');
	}
	return g_string_free(line, FALSE);
}

static void gives_components(void **state)
{
	static const struct {
		const char *input;
		const char *base;
		const char *expected;
		enum url_host_kind kind;
	} cases[] = {
		{"https://u:p@H.example:81/a/b?q#f", NULL, "https|u|p|h.example|81|/a/b|q|f",
			URL_HOST_DOMAIN},
		{"https://h.example", NULL, "https|||h.example|-|/|-|-", URL_HOST_DOMAIN},
		{"https://h.example:443?#", NULL, "https|||h.example|-|/||", URL_HOST_DOMAIN},
		{"http://192.0.2.1/", NULL, "http|||192.0.2.1|-|/|-|-", URL_HOST_IPV4},
		{"http://[::1]/", NULL, "http|||[::1]|-|/|-|-", URL_HOST_IPV6},
		{"file:///a", NULL, "file||||-|/a|-|-", URL_HOST_EMPTY},
		{"foo://", NULL, "foo||||-||-|-", URL_HOST_EMPTY},
		{"foo://H", NULL, "foo|||H|-||-|-", URL_HOST_OPAQUE},
		{"foo:/.//a?q", NULL, "foo|-|-|-|-|//a|q|-", URL_HOST_NONE},
		{"mailto:a@example.com#f", NULL, "mailto|-|-|-|-|a@example.com|-|f", URL_HOST_NONE},
		{"?x", "https://u:p@h.example:81/a/b?q#f", "https|u|p|h.example|81|/a/b|x|-",
			URL_HOST_DOMAIN},
		{"../c#x", "https://u@h.example/a/b/", "https|u||h.example|-|/a/c|-|x",
			URL_HOST_DOMAIN},
		{"#x", "mailto:a?q", "mailto|-|-|-|-|a|q|x", URL_HOST_NONE},
		{"?x", "foo:/.//a", "foo|-|-|-|-|//a|x|-", URL_HOST_NONE},
	};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct url *base = cases[i].base ? parse(cases[i].base) : NULL;
		struct url *url = url_parse(cases[i].input, strlen(cases[i].input), base);
		g_autofree char *found = components(url);

		assert_string_equal(found, cases[i].expected);
		assert_int_equal(url_host_kind(url), cases[i].kind);
		url_free(base);
		url_free(url);
	}
}

static void tells_quirks(void **state)
{
	static const struct {
		const char *input;
		unsigned quirks;
	} cases[] = {
		{"https://example.com/a?b#c", 0},
		{"HTTPS://EXAMPLE.com:443/../a\u00fc", 0},
		{" https://example.com/", URL_QUIRK_WHITESPACE},
		{"https://exa\nmple.com/", URL_QUIRK_WHITESPACE},
		{"https://example.com/\xff", 0},
		{"https:\\\\example.com/", URL_QUIRK_BACKSLASH},
		{"https://example.com\\a", URL_QUIRK_BACKSLASH},
		{"https://example.com/a\\b", URL_QUIRK_BACKSLASH},
		{"https://example.com/?\\#\\", 0},
		{"foo://h/a\\b", 0},
		{"https://bank.example@evil.example/", URL_QUIRK_USERINFO},
		{"https://@evil.example/", URL_QUIRK_USERINFO},
		{"https://example.com/@x", 0},
		{"http://192.0.2.1/", 0},
		{"http://3221225985/", URL_QUIRK_NUMERIC_HOST},
		{"http://0xc0.0.2.1/", URL_QUIRK_NUMERIC_HOST},
		{"http://192.0.2.1./", URL_QUIRK_NUMERIC_HOST},
		{"http://[::1]/", 0},
		{"http://%65xample.com/", URL_QUIRK_ENCODED_HOST},
		{"http://%31%39%32.0.2.1/", URL_QUIRK_ENCODED_HOST},
		{"http://b%C3%BCcher.example/", URL_QUIRK_ENCODED_HOST | URL_QUIRK_IDN},
		{"http://b\u00fccher.example/", URL_QUIRK_IDN},
		{"http://xn--bcher-kva.example/", URL_QUIRK_IDN},
		{"http://a.XN--bcher-kva.example/", URL_QUIRK_IDN},
		{"http://axn--b.example/", 0},
		{"http://\uff45xample.com/", URL_QUIRK_IDN},
		{"http:example.com", URL_QUIRK_SLASHES},
		{"http:/example.com", URL_QUIRK_SLASHES},
		{"http:///example.com", URL_QUIRK_SLASHES},
		{"http://///////example.com", URL_QUIRK_SLASHES},
		{"file:///a", 0},
		{"mailto:a@example.com", 0},
	};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct url *url = parse(cases[i].input);

		assert_non_null(url);
		if (url_quirks(url) != cases[i].quirks)
			fail_msg("%s: %#x, expected %#x", cases[i].input, url_quirks(url),
				cases[i].quirks);
		url_free(url);
	}
}

static void quirks_are_not_inherited(void **state)
{
	struct url *base = parse("http:\\\\u@xn--bcher-kva.example/");
	struct url *url = url_parse("a", 1, base);

	(void)state;
	assert_int_equal(url_quirks(url), 0);
	url_free(url);
	url = url_parse("http:a", 6, base);
	assert_int_equal(url_quirks(url), URL_QUIRK_SLASHES);
	url_free(url);
	url = url_parse("///a.example", 12, base);
	assert_int_equal(url_quirks(url), URL_QUIRK_SLASHES);
	url_free(url);
	url_free(base);
}

static void tells_the_web(void **state)
{
	static const struct {
		const char *input;
		bool web;
	} cases[] = {
		{"http://h.example/", true},
		{"HTTPS://h.example/", true},
		{"ftp://h.example/", false},
		{"httpx://h.example/", false},
		{"mailto:a@example.com", false},
		{"file:///a", false},
	};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct url *url = parse(cases[i].input);

		assert_int_equal(url_is_web(url), cases[i].web);
		url_free(url);
	}
}

static void compares_targets(void **state)
{
	static const struct {
		const char *a;
		const char *b;
		bool same;
	} cases[] = {
		{"https://h.example/a#x", "https://H.example/b/../a#y", true},
		{"https://h.example/a", "https://h.example/a#", true},
		{"https://h.example/a", "https://h.example/a?", false},
		{"https://h.example/a", "http://h.example/a", false},
		{"https://h.example/a", "https://h.example/ab", false},
	};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct url *a = parse(cases[i].a), *b = parse(cases[i].b);

		assert_int_equal(url_same_target(a, b), cases[i].same);
		assert_int_equal(url_same_target(b, a), cases[i].same);
		url_free(a);
		url_free(b);
	}
}

static void defangs(void **state)
{
	static const struct reference cases[] = {
		{"https://example.com/a.b?c.d", "hxxps://example[.]com/a.b?c.d"},
		{"HTTP://192.0.2.1", "HxxP://192[.]0[.]2[.]1"},
		{"https://bank.example@evil.example/", "hxxps://bank[.]example@evil[.]example/"},
		{"https://example.com:8080?u=http://a.b",
			"hxxps://example[.]com:8080?u=http://a.b"},
		{"ftp://ftp.example.com/x.y", "ftp://ftp[.]example[.]com/x.y"},
		{"mailto:a.b@example.com", "mailto:a[.]b@example[.]com"},
		{"//example.com/a.b", "//example[.]com/a.b"},
		{"www.example.com/a.b", "www[.]example[.]com/a.b"},
		{"example.com:80/a.b", "example[.]com:80/a.b"},
		{"", ""},
		{"htt", "htt"},
	};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *found = url_defang(cases[i].input);

		assert_string_equal(found, cases[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_schemes),
		cmocka_unit_test(parses_authorities),
		cmocka_unit_test(parses_hosts),
		cmocka_unit_test(parses_ipv4),
		cmocka_unit_test(parses_ipv6),
		cmocka_unit_test(parses_paths),
		cmocka_unit_test(parses_opaque_paths),
		cmocka_unit_test(parses_queries_and_fragments),
		cmocka_unit_test(resolves_references),
		cmocka_unit_test(resolves_against_other_bases),
		cmocka_unit_test(parses_file_urls),
		cmocka_unit_test(cleans_the_input),
		cmocka_unit_test(keeps_nul_and_stays_within),
		cmocka_unit_test(refuses_what_is_too_long),
		cmocka_unit_test(gives_components),
		cmocka_unit_test(tells_quirks),
		cmocka_unit_test(quirks_are_not_inherited),
		cmocka_unit_test(tells_the_web),
		cmocka_unit_test(compares_targets),
		cmocka_unit_test(defangs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
