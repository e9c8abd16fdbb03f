# espial: one Makefile for everything; `make help` lists the targets.

VERSION := 0.1.0
PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= build
CC ?= gcc
# The catalogue of default rules, as installed.
DATADIR := $(PREFIX)/share/espial
MANDIR := $(PREFIX)/share/man/man1

DEBIAN_PACKAGES := build-essential pkg-config git ca-certificates \
	libnotmuch-dev notmuch libncurses-dev ncurses-term libgit2-dev libpcre2-dev libgmime-3.0-dev \
	libgumbo-dev libpsl-dev publicsuffix libunistring-dev libyaml-dev libjansson-dev libcbor-dev \
	libmsgpack-dev libglib2.0-dev libsqlite3-dev zlib1g-dev libcmocka-dev tmux jq \
	parallel librsvg2-bin

# Evaluated once, at first use: `make check` on a bare machine installs the packages first.
once = $(eval $(1) := $(2))$($(1))
RULES_PKGS := glib-2.0 libpcre2-8 libgit2 libpsl yaml-0.1 jansson libcbor msgpack zlib
TUI_PKGS := gmime-3.0 gumbo ncursesw sqlite3 gthread-2.0
PKG_CFLAGS = $(call once,PKG_CFLAGS,$(shell pkg-config --cflags $(RULES_PKGS) $(TUI_PKGS)))
# libunistring has no pkg-config file.
RULES_LIBS = $(call once,RULES_LIBS,$(shell pkg-config --libs $(RULES_PKGS)) -lunistring -lm)
TUI_LIBS = $(call once,TUI_LIBS,$(shell pkg-config --libs $(TUI_PKGS)) -lnotmuch)

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
	-Wvla -Wformat=2 -Wundef
# Warnings stop the build unless a packager says WERROR=.
WERROR ?= -Werror
OPT ?= -O2 -g
HARDEN := -fstack-protector-strong -fPIE
LINK_HARDEN := -pie -Wl,-z,relro,-z,now
SANITIZE ?=
ifeq ($(SANITIZE),)
HARDEN += -D_FORTIFY_SOURCE=2
else
HARDEN += -fsanitize=$(SANITIZE) -fno-sanitize-recover=undefined -fno-omit-frame-pointer
LINK_HARDEN += -fsanitize=$(SANITIZE)
endif
CPPFLAGS += -I. -D_GNU_SOURCE -DNCURSES_WIDECHAR=1 -DNCURSES_NOMACROS -DESPIAL_VERSION='"$(VERSION)"' -DESPIAL_DATADIR='"$(DATADIR)"'
ALL_CFLAGS = -std=c11 $(WARNINGS) $(WERROR) $(OPT) $(HARDEN) $(CFLAGS)

V ?= 0
ifeq ($(V),0)
say = @printf '  %-7s %s\n' $(1) $(2);
else
say =
endif

RULES_SRC := $(wildcard rules/*.c rules/decode/*.c rules/export/*.c)
TUI_SRC := $(filter-out tui/main.c,$(wildcard tui/*.c tui/*/*.c))
UNIT_SRC := $(wildcard tests/unit/test_*.c)
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
BENCH_SRC := $(wildcard tests/bench/bench_*.c)
object = $(patsubst %.c,$(BUILD)/%.o,$(1))
program = $(patsubst %.c,$(BUILD)/%,$(1))

LIBRULES := $(BUILD)/librules.a
LIBTUI := $(BUILD)/libtui.a
UNIT := $(call program,$(UNIT_SRC))
FUZZ := $(call program,$(FUZZ_SRC))
BENCH := $(call program,$(BENCH_SRC))
C_FILES := $(wildcard rules/*.[ch] rules/decode/*.[ch] rules/export/*.[ch] tui/*.[ch] tui/*/*.[ch] tests/*/*.[ch])

.PHONY: all deps demo demo-store check unit integration linkage bench fuzz asan lint format install \
	uninstall dist clean help
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:

all: $(BUILD)/espial ## build the console

deps: ## install what is needed from Debian (apt-get)
	@rm -f $(BUILD)/.deps
	@$(MAKE) --no-print-directory $(BUILD)/.deps

$(BUILD)/.deps: Makefile
	@mkdir -p $(BUILD)
	@if ! command -v dpkg-query >/dev/null; then \
		echo "not a Debian system: install the libraries of docs/dependencies.md yourself"; \
	elif ! dpkg-query -W -f '$${db:Status-Status}\n' $(DEBIAN_PACKAGES) 2>&1 | grep -qv '^installed$$'; then \
		:; \
	else \
		sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
		$$sudo apt-get update -q && \
		$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
			$(DEBIAN_PACKAGES); \
	fi
	@touch $@

$(BUILD)/%.o: %.c | $(BUILD)/.deps
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(LIBRULES): $(call object,$(RULES_SRC))
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $^

$(LIBTUI): $(call object,$(TUI_SRC))
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $^

link = $(call say,LD,$@)$(CC) $(ALL_CFLAGS) $(LINK_HARDEN) $(LDFLAGS) -o $@ $(filter %.o,$^) \
	$(filter %.a,$^) $(TUI_LIBS) $(RULES_LIBS) $(LDLIBS)

$(BUILD)/espial: $(BUILD)/tui/main.o $(LIBTUI) $(LIBRULES)
	$(link)

$(UNIT): LDLIBS += -lcmocka
$(UNIT): %: %.o $(LIBTUI) $(LIBRULES)
	$(link)

$(BENCH): %: %.o $(LIBTUI) $(LIBRULES)
	$(link)

# The standalone driver runs a corpus through a fuzz target without libFuzzer.
ifneq ($(LIBFUZZER),1)
$(FUZZ): $(BUILD)/tests/fuzz/driver.o
endif
$(FUZZ): %: %.o $(LIBTUI) $(LIBRULES)
	$(link)

# rules/ must link whole without ncurses or notmuch, which is what makes it a library.
linkage: $(LIBRULES) ## check that rules/ needs neither ncurses nor notmuch
	$(call say,LINK,$(BUILD)/linkage)echo 'int main(void) { return 0; }' | $(CC) -x c -o $(BUILD)/linkage - \
		-x none $(LINK_HARDEN) -Wl,--whole-archive $(LIBRULES) -Wl,--no-whole-archive $(RULES_LIBS)
	@! ldd $(BUILD)/linkage | grep -E 'ncurses|notmuch|gmime'

check: all linkage $(UNIT) $(FUZZ) ## run all tests (installs what is missing first)
	@BUILD=$(BUILD) tests/run

unit: $(UNIT) $(FUZZ) ## run the unit tests and fuzz corpora only
	@BUILD=$(BUILD) tests/run unit

integration: all ## run the integration tests only
	@BUILD=$(BUILD) tests/run integration

demo-store: all ## make the demo store and ruleset without opening them
	@BUILD=$(BUILD) tests/demo --prepare

demo: all ## open the console on a scratch demo store and ruleset
	@BUILD=$(BUILD) tests/demo

bench: all $(BENCH) ## print speed and memory figures
	@BUILD=$(BUILD) tests/bench/run

TIME ?= 60
fuzz: ## run every fuzz target for TIME seconds under libFuzzer (needs clang)
	@$(MAKE) --no-print-directory CC=clang BUILD=$(BUILD)/fuzz LIBFUZZER=1 \
		SANITIZE=fuzzer-no-link,address,undefined fuzz-programs
	@BUILD=$(BUILD)/fuzz TIME=$(TIME) tests/fuzz/run

.PHONY: fuzz-programs
fuzz-programs: LINK_HARDEN := -pie -fsanitize=fuzzer,address,undefined
fuzz-programs: $(FUZZ)

asan: ## run all tests under AddressSanitizer and UBSan
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/asan OPT='-O1 -g' SANITIZE=address,undefined check

lint: | $(BUILD)/.deps ## clang-format and clang-tidy (needs both)
	clang-format --dry-run -Werror $(C_FILES)
	clang-tidy --quiet $(RULES_SRC) $(TUI_SRC) tui/main.c -- $(CPPFLAGS) $(PKG_CFLAGS) -std=c11

format: ## format the C sources in place
	clang-format -i $(C_FILES)

install: all ## install under $(DESTDIR)$(PREFIX)
	install -D -m 755 $(BUILD)/espial $(DESTDIR)$(PREFIX)/bin/espial
	install -D -m 644 docs/espial.1 $(DESTDIR)$(MANDIR)/espial.1
	cd rules/catalogue && find . \( -name '*.yaml' -o -name '*.txt' \) -exec \
		install -D -m 644 {} $(DESTDIR)$(DATADIR)/catalogue/{} \;

uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/espial $(DESTDIR)$(MANDIR)/espial.1
	rm -rf $(DESTDIR)$(DATADIR)

dist: ## make a source archive of HEAD
	@mkdir -p $(BUILD)
	git archive --format=tar.gz --prefix=espial-$(VERSION)/ -o $(BUILD)/espial-$(VERSION).tar.gz HEAD

clean: ## remove the build
	rm -rf $(BUILD)

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  %-12s %s\n", $$1, $$2 }' Makefile

-include $(patsubst %.o,%.d,$(call object,$(RULES_SRC) $(TUI_SRC) tui/main.c $(UNIT_SRC) \
	$(FUZZ_SRC) $(BENCH_SRC) tests/fuzz/driver.c))
