.DEFAULT_GOAL := help
.PHONY: help build test quickstart compatibility format trimmed native emulator launcher image clean

runtime := linux-x64
sidecar := src/CredentialSidecar
conformance := tests/CredentialSidecar.Conformance
ring := $(conformance)/bin/Debug/net10.0/CredentialSidecar.Conformance
# A publish for one platform needs packages that the committed lock does not list, so it keeps a lock of its own.
publish = dotnet publish $(sidecar) -c Release -r $(runtime) --nologo \
	-p:RestoreLockedMode=false -p:NuGetLockFilePath=obj/publish.lock.json \
	-p:CopyOutputSymbolsToPublishDirectory=false

help: ## This list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

build: ## Everything; a warning is an error
	dotnet build --nologo

test: ## Every test
	dotnet test

quickstart: ## The sidecar and one client on this machine, without AWS
	dotnet run --project samples/quickstart

compatibility: ## docs/compatibility.md anew, from a run of every client there is (.ci/install-clients)
	dotnet build --nologo $(conformance)
	@mkdir -p artifacts && rm -f artifacts/compatibility.jsonl
	CREDENTIAL_SIDECAR_COMPATIBILITY=$(CURDIR)/artifacts/compatibility.jsonl $(ring) --filter-query '/*/*.Compatibility/(!DocumentTests)/*'
	$(ring) write-compatibility artifacts/compatibility.jsonl

format: ## Bring the code into the form that .editorconfig asks for
	dotnet format

trimmed: ## artifacts/trimmed: a program that needs no .NET on the machine
	rm -rf artifacts/trimmed
	$(publish) --self-contained -p:PublishTrimmed=true -p:PublishSingleFile=true -p:PublishReadyToRun=true -o artifacts/trimmed
	@ls -lh artifacts/trimmed/credential-sidecar

# net10.0 where its native compiler can be had, otherwise net9.0.
native: ## artifacts/native: a natively compiled program; the smallest and quickest
	$(call natively,native,credential-sidecar)

emulator: sidecar := src/CredentialSidecar.Emulator
emulator: ## artifacts/emulator: the emulator, natively compiled, for its image
	$(call natively,emulator,credential-sidecar-emulator)

define natively
	@rm -rf artifacts/$(1) artifacts/$(1)-*.log && mkdir -p artifacts
	@for framework in net10.0 net9.0; do \
		if $(publish) -p:SidecarFramework=$$framework -p:NuGetLockFilePath=obj/publish-$$framework.lock.json $(native) -o artifacts/$(1) > artifacts/$(1)-$$framework.log 2>&1; then \
			grep -E 'warning ' artifacts/$(1)-$$framework.log; echo "Compiled natively with $$framework:"; ls -lh artifacts/$(1)/$(2); exit 0; \
		fi; \
		echo "$$framework could not be compiled natively here: $$(grep -m 1 -oE 'error .*' artifacts/$(1)-$$framework.log)"; \
	done; exit 1
endef

native := -p:PublishAot=true -p:OptimizationPreference=Size -p:StripSymbols=true -p:CppCompilerAndLinker=gcc

launcher: ## artifacts/launcher: credential-launch, static, for any Linux image
	sh src/CredentialSidecar.Launcher/publish.sh

image: ## The container image, from the public base images; see docs/image.md
	docker build -t credential-sidecar .

clean: ## Remove everything that was built
	rm -rf artifacts
	find src tests samples -type d \( -name bin -o -name obj -o -name 'obj-*' \) -prune -exec rm -rf {} +
