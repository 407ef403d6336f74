.DEFAULT_GOAL := help
.PHONY: help build quick debug test quickstart compatibility format trimmed native emulator launcher supervisor image clean

runtime := linux-x64
sidecar := src/CredentialSidecar
tests := tests/CredentialSidecar.Tests
conformance := tests/CredentialSidecar.Conformance
ring := $(conformance)/bin/Debug/net10.0/CredentialSidecar.Conformance
publish := dotnet publish -c Release -r $(runtime) --nologo -p:CopyOutputSymbolsToPublishDirectory=false

help: ## Show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

build: ## Build everything; a warning is an error
	dotnet build --nologo

quick: ## Run only the fast tests; takes less than half a minute after a build
	dotnet build --nologo $(tests)
	$(tests)/bin/Debug/net10.0/CredentialSidecar.Tests

debug: ## Run the sidecar with the emulator, ready for a debugger; Ctrl+C stops both
	dotnet build --nologo $(sidecar)
	dotnet build --nologo src/CredentialSidecar.Emulator
	@src/CredentialSidecar.Emulator/bin/Debug/net10.0/credential-sidecar-emulator \
		--agent-port 9180 --sts-port 9181 --control-port 9182 --credentials-id debug & \
	trap 'kill $$! 2>/dev/null' EXIT; trap : INT TERM; dotnet run --no-build --project $(sidecar) --launch-profile emulator

test: ## Run every test
	dotnet test

quickstart: ## Run the sidecar and one client on this machine, without AWS
	dotnet run --project samples/quickstart

compatibility: ## Run every client and update docs/compatibility.md (.ci/install-clients installs the clients)
	dotnet build --nologo $(conformance)
	@mkdir -p artifacts && rm -f artifacts/compatibility.jsonl
	CREDENTIAL_SIDECAR_COMPATIBILITY=$(CURDIR)/artifacts/compatibility.jsonl $(ring) --filter-query '/*/*.Compatibility/(!DocumentTests)/*'
	$(ring) write-compatibility artifacts/compatibility.jsonl

format: ## Format the code according to .editorconfig
	dotnet format

# It needs packages that no committed lock lists, so it keeps a lock of its own.
trimmed: ## Build artifacts/trimmed: a program that needs no .NET on the machine
	rm -rf artifacts/trimmed
	$(publish) $(sidecar) -p:RestoreLockedMode=false -p:NuGetLockFilePath=obj/publish.lock.json --self-contained -p:PublishTrimmed=true -p:PublishSingleFile=true -p:PublishReadyToRun=true -o artifacts/trimmed
	@ls -lh artifacts/trimmed/credential-sidecar

native: ## Build artifacts/native: the smallest and fastest program, natively compiled
	$(call natively,$(sidecar),native)

emulator: ## Build artifacts/emulator: the emulator for its image, natively compiled
	$(call natively,src/CredentialSidecar.Emulator,emulator)

# The restore it came from is kept, because .ci/image/bases needs it for the bill of materials.
define natively
	rm -rf artifacts/$(2)
	$(publish) $(1) -p:NuGetLockFilePath=packages.$(runtime).lock.json -p:BaseIntermediateOutputPath=obj/native/ \
		-p:PublishAot=true -p:OptimizationPreference=Size -p:StripSymbols=true -p:CppCompilerAndLinker=gcc -o artifacts/$(2)
	@ls -lh artifacts/$(2)
endef

launcher: ## Build artifacts/launcher: a static credential-launch for any Linux image
	sh src/CredentialSidecar.Launcher/publish.sh

supervisor: ## Build artifacts/supervisor: a static credential-supervisor, pid 1 of the image
	sh src/CredentialSidecar.Supervisor/publish.sh

image: ## Build the container image from the public base images; see docs/image.md
	docker build -t credential-sidecar .

clean: ## Remove all build output
	rm -rf artifacts
	find src tests samples benchmarks -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +
