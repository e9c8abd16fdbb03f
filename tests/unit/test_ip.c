/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/mail/ip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/* What the address reads as, NULL for none. */
static void assert_ip(const char *text, const char *expected)
{
	struct ip ip;
	bool is_ip = ip_parse(span_from(text), &ip);
	g_autofree char *shown = is_ip ? ip_format(&ip) : NULL;

	if (expected)
		assert_string_equal(shown ? shown : "none", expected);
	else
		assert_null(shown);
}

static void test_addresses(void **state)
{
	(void)state;
	assert_ip("192.0.2.1", "192.0.2.1");
	assert_ip("[192.0.2.1]", "192.0.2.1");
	assert_ip("[192.0.2.1]:587", "192.0.2.1");
	assert_ip("2001:DB8::1", "2001:db8::1");
	assert_ip("[2001:db8::1]:25", "2001:db8::1");
	assert_ip("IPv6:2001:db8::1", "2001:db8::1");
	assert_ip("[IPv6:2001:db8::1]", "2001:db8::1");
	assert_ip("[ipv6:::1]", "::1");
	assert_ip("fe80::6be0:2de4%9", "fe80::6be0:2de4");
	assert_ip("::ffff:192.0.2.1", "192.0.2.1");
	assert_ip("::ffff:c000:201", "192.0.2.1");
}

static void test_no_addresses(void **state)
{
	(void)state;
	assert_ip("", NULL);
	assert_ip("[]", NULL);
	assert_ip("[192.0.2.1", NULL);
	assert_ip("192.0.2", NULL);
	assert_ip("192.0.2.256", NULL);
	assert_ip("192.0.2.1.", NULL);
	assert_ip("0x7f.1", NULL);
	assert_ip("3232235521", NULL);
	assert_ip("mail.example.com", NULL);
	assert_ip("IPv6:", NULL);
	assert_ip("2001:db8::1::2", NULL);
	assert_ip("192.0.2.1%eth0", NULL);
	assert_ip(
		"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000", NULL);
	assert_false(ip_parse((struct span){"192.0.2.1\0.9", 11}, &(struct ip){0}));
}

static void assert_public(const char *text, bool expected)
{
	struct ip ip;

	assert_true(ip_parse(span_from(text), &ip));
	if (ip_is_public(&ip) != expected)
		fail_msg("%s is %s", text, expected ? "public" : "not public");
}

static void test_public(void **state)
{
	static const char *const others[] = {"10.255.255.255", "172.16.0.1", "172.31.255.255",
		"192.168.1.1", "127.0.0.6", "169.254.1.1", "100.64.0.1", "100.127.255.255",
		"0.0.0.0", "224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fec0::1",
		"fd00::1", "fc12::1", "ff02::1", "::ffff:10.0.0.1", "2002:a05:612c:711::1"};
	static const char *const hosts[] = {"192.0.2.1", "198.51.100.1", "203.0.113.1",
		"2001:db8::1", "9.255.255.255", "11.0.0.0", "172.15.0.1", "172.32.0.1",
		"100.63.0.1", "100.128.0.1", "223.255.255.255", "2603:10b6::1", "::2",
		"2002:c000:201::1", "::ffff:192.0.2.1"};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
		assert_public(others[i], false);
	for (size_t i = 0; i < G_N_ELEMENTS(hosts); i++)
		assert_public(hosts[i], true);
}

static bool holds(const char *network_text, const char *ip_text)
{
	struct ip_network network;
	struct ip ip;

	assert_true(ip_network_parse(span_from(network_text), &network));
	assert_true(ip_parse(span_from(ip_text), &ip));
	return ip_network_holds(&network, &ip);
}

static void test_networks(void **state)
{
	(void)state;
	assert_true(holds("192.0.2.0/24", "192.0.2.255"));
	assert_false(holds("192.0.2.0/24", "192.0.3.0"));
	assert_true(holds("192.0.2.77/24", "192.0.2.1"));
	assert_true(holds("198.51.100.0/25", "198.51.100.127"));
	assert_false(holds("198.51.100.0/25", "198.51.100.128"));
	assert_true(holds("0.0.0.0/0", "203.0.113.1"));
	assert_false(holds("0.0.0.0/0", "2001:db8::1"));
	assert_true(holds("::/0", "203.0.113.1"));
	assert_true(holds("203.0.113.1", "203.0.113.1"));
	assert_false(holds("203.0.113.1", "203.0.113.2"));
	assert_true(holds("203.0.113.1/32", "::ffff:203.0.113.1"));
	assert_true(holds("2001:db8::/33", "2001:db8:7fff::1"));
	assert_false(holds("2001:db8::/33", "2001:db8:8000::1"));
	assert_true(holds("::ffff:192.0.2.0/120", "192.0.2.9"));
}

static void test_no_networks(void **state)
{
	static const char *const texts[] = {"", "/", "/24", "192.0.2.0/", "192.0.2.0/33",
		"192.0.2.0/-1", "192.0.2.0/2x", "192.0.2.0/24/8", "2001:db8::/129", "example.com",
		"192.0.2.0/99999999999999999999"};
	struct ip_network network;

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		if (ip_network_parse(span_from(texts[i]), &network))
			fail_msg("'%s' is a network", texts[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_no_addresses),
		cmocka_unit_test(test_public),
		cmocka_unit_test(test_networks),
		cmocka_unit_test(test_no_networks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
