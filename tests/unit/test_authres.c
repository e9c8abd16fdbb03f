/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/mail/authres.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/* `id|method=result (comment) name=value …|…` */
static void assert_shape(struct authres *authres, const char *expected)
{
	g_autoptr(GString) read = g_string_new(authres->id ? authres->id : "-");

	for (guint i = 0; i < authres->results->len; i++) {
		const struct authres_result *result = authres->results->pdata[i];

		g_string_append_printf(read, "|%s=%s", result->method, result->result);
		if (result->comment)
			g_string_append_printf(read, " (%s)", result->comment);
		for (guint j = 0; j < result->properties->len; j++) {
			const struct authres_property *property = result->properties->pdata[j];

			g_string_append_printf(read, " %s=%s", property->name, property->value);
		}
	}
	assert_string_equal(read->str, expected);
	authres_free(authres);
}

static void assert_read(const char *value, const char *expected)
{
	assert_shape(authres_parse(value), expected);
}

/* The forms of RFC 8601 §B. */
static void test_standard(void **state)
{
	(void)state;
	assert_read("example.org 1; none", "example.org");
	assert_read("example.com; spf=pass smtp.mailfrom=example.net",
		"example.com|spf=pass smtp.mailfrom=example.net");
	assert_read("example.com; auth=pass (cram-md5) smtp.auth=sender@example.net; spf=pass "
		    "smtp.mailfrom=example.net",
		"example.com|auth=pass (cram-md5) smtp.auth=sender@example.net|spf=pass "
		"smtp.mailfrom=example.net");
	assert_read("Example.COM; dkim=pass (good signature) header.d=example.com; sender-id=fail "
		    "header.from=example.com",
		"example.com|dkim=pass (good signature) header.d=example.com|sender-id=fail "
		"header.from=example.com");
	/* Comments and blanks may stand between any two tokens. */
	assert_read(
		"foo.example.net (foobar) 1 (baz); dkim (Because I like it) = (wait for it) fail "
		"(so) header.d (this surely is) = (wait for it) example.com",
		"foo.example.net|dkim=fail (so) header.d=example.com");
	assert_read("example.com; dkim/1 = pass header.d = example.net",
		"example.com|dkim=pass header.d=example.net");
	assert_read("example.com; dkim=fail reason=\"bad signature; really\" header.b=\"a\\\"b\"",
		"example.com|dkim=fail reason=bad signature; really header.b=a\"b");
}

static void test_microsoft(void **state)
{
	(void)state;
	assert_read("spf=none (sender IP is 203.0.113.9) smtp.mailfrom=sender.example; dkim=none "
		    "(message not signed) header.d=none;dmarc=permerror action=none "
		    "header.from=author.example;",
		"-|spf=none (sender IP is 203.0.113.9) smtp.mailfrom=sender.example|dkim=none "
		"(message not signed) header.d=none|dmarc=permerror action=none "
		"header.from=author.example");
	assert_read("i=2; mx.microsoft.com 1; spf=pass (sender ip is 203.0.113.9) "
		    "smtp.mailfrom=a.example; dmarc=none; arc=pass (0 oda=0 ltdi=0 93)",
		"mx.microsoft.com|spf=pass (sender ip is 203.0.113.9) smtp.mailfrom=a.example"
		"|dmarc=none|arc=pass (0 oda=0 ltdi=0 93)");
	assert_read("spf=fail smtp.mailfrom=; dkim=fail header.d=a.example;dkim=pass "
		    "header.d=b.example;",
		"-|spf=fail|dkim=fail header.d=a.example|dkim=pass header.d=b.example");
}

static void test_others(void **state)
{
	(void)state;
	assert_read("mx.google.com; dkim=pass header.i=@esp.example header.s=epro "
		    "header.b=CTgfsD+=; spf=pass (google.com: domain of b+1=a@c.example designates "
		    "203.0.113.9 as permitted sender) smtp.mailfrom=\"b+1=a@c.example\"",
		"mx.google.com|dkim=pass header.i=@esp.example header.s=epro header.b=CTgfsD+="
		"|spf=pass (google.com: domain of b+1=a@c.example designates 203.0.113.9 as "
		"permitted sender) smtp.mailfrom=b+1=a@c.example");
	assert_read("mailin.example.org; arc=none smtp.remote-ip=203.0.113.9",
		"mailin.example.org|arc=none smtp.remote-ip=203.0.113.9");
	assert_read("mailin.example.org; dkim=fail (body hash mismatch (got b'5L=', expected "
		    "b'3b=')) header.d=a.example",
		"mailin.example.org|dkim=fail (body hash mismatch (got b'5L=', expected b'3b=')) "
		"header.d=a.example");
}

static void test_received_spf(void **state)
{
	(void)state;
	assert_shape(authres_parse_spf("Pass (mx.example.org: domain of a.example designates "
				       "203.0.113.9 as permitted sender) receiver=mx.example.org; "
				       "client-ip=203.0.113.9; helo=h.example; pr=C"),
		"-|spf=pass (mx.example.org: domain of a.example designates 203.0.113.9 as "
		"permitted sender) receiver=mx.example.org client-ip=203.0.113.9 helo=h.example "
		"pr=C");
	assert_shape(authres_parse_spf("softfail identity=mailfrom; client-ip=2001:db8::9; "
				       "envelope-from=\"a@b.example\"; receiver=<UNKNOWN>"),
		"-|spf=softfail identity=mailfrom client-ip=2001:db8::9 envelope-from=a@b.example "
		"receiver=<UNKNOWN>");
	assert_shape(authres_parse_spf("None"), "-|spf=none");
	assert_shape(authres_parse_spf(""), "-");
	assert_shape(authres_parse_spf("client-ip=192.0.2.1"), "-");
}

/* The domain of the property in the first result, NULL for none. */
static void assert_domain(const char *value, const char *name, const char *expected)
{
	struct authres *authres = authres_parse(value);
	g_autofree char *domain = authres_domain(authres->results->pdata[0], name);

	assert_string_equal(domain ? domain : "-", expected ? expected : "-");
	authres_free(authres);
}

static void test_domains(void **state)
{
	(void)state;
	assert_domain("x; spf=pass smtp.mailfrom=a@B.example", "smtp.mailfrom", "b.example");
	assert_domain("x; spf=pass smtp.mailfrom=<a@b.example>", "smtp.mailfrom", "b.example");
	assert_domain("x; spf=pass smtp.MailFrom=b.example.", "smtp.mailfrom", "b.example");
	assert_domain("x; spf=pass smtp.mailfrom=\"a@evil.example\"@b.example", "smtp.mailfrom",
		"b.example");
	assert_domain("x; dkim=pass header.i=@b.example", "header.i", "b.example");
	assert_domain("x; dkim=none header.d=none", "header.d", NULL);
	assert_domain("x; spf=pass smtp.mailfrom=<>", "smtp.mailfrom", NULL);
	assert_domain("x; spf=pass smtp.mailfrom=\"\"", "smtp.mailfrom", NULL);
	assert_domain("x; spf=pass smtp.helo=a.example", "smtp.mailfrom", NULL);
}

static void assert_client(struct authres *authres, const char *expected)
{
	struct ip ip;
	bool found = authres_client(authres->results->pdata[0], &ip);
	g_autofree char *text = found ? ip_format(&ip) : g_strdup("-");

	assert_string_equal(text, expected);
	authres_free(authres);
}

static void test_clients(void **state)
{
	(void)state;
	assert_client(authres_parse("spf=none (sender IP is 203.0.113.9) smtp.mailfrom=a.example"),
		"203.0.113.9");
	assert_client(authres_parse("x; spf=fail (x: domain of a.example does not designate "
				    "2001:db8::9 as permitted sender) smtp.mailfrom=a.example"),
		"2001:db8::9");
	assert_client(authres_parse("x; arc=none smtp.remote-ip=203.0.113.9"), "203.0.113.9");
	assert_client(authres_parse("x; iprev=pass policy.iprev=203.0.113.9"), "203.0.113.9");
	assert_client(
		authres_parse("x; dkim=fail (key 192.0.2.1 unknown) header.d=a.example"), "-");
	assert_client(authres_parse_spf("pass (a) client-ip=203.0.113.9;"), "203.0.113.9");
	assert_client(authres_parse("x; spf=pass smtp.mailfrom=a.example"), "-");
}

static void test_broken(void **state)
{
	(void)state;
	assert_read("", "-");
	assert_read(";;;", "-");
	assert_read("=", "-");
	assert_read("===", "-");
	assert_read("spf=", "-");
	assert_read("spf=;dkim=pass", "-|dkim=pass");
	assert_read("a b c d", "a");
	assert_read("x; spf", "x");
	assert_read("x; =pass; dkim=pass", "x|dkim=pass");
	assert_read("x; dkim=pass (never closed header.d=a.example; spf=pass",
		"x|dkim=pass (never closed header.d=a.example; spf=pass)");
	assert_read("x; dkim=pass header.d=\"never closed; spf=pass",
		"x|dkim=pass header.d=never closed; spf=pass");
	/* A result's name is no authserv-id. */
	assert_read("dkim=pass; mx.example.org; spf=pass", "-|dkim=pass|spf=pass");
}

static void test_limits(void **state)
{
	g_autoptr(GString) many = g_string_new("x");
	g_autoptr(GString) rich = g_string_new("x; spf=pass");
	struct authres *authres;

	(void)state;
	for (unsigned i = 0; i < 1000; i++)
		g_string_append(many, ";a=b c=d");
	authres = authres_parse(many->str);
	assert_int_equal(authres->results->len, AUTHRES_MAX_RESULTS);
	authres_free(authres);

	for (unsigned i = 0; i < 1000; i++)
		g_string_append(rich, " c=d");
	authres = authres_parse(rich->str);
	assert_int_equal(((struct authres_result *)authres->results->pdata[0])->properties->len,
		AUTHRES_MAX_PROPERTIES);
	authres_free(authres);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_standard),
		cmocka_unit_test(test_microsoft),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_received_spf),
		cmocka_unit_test(test_domains),
		cmocka_unit_test(test_clients),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
