.DEFAULT_GOAL := help
.PHONY: help build quick debug test quickstart compatibility format trimmed native emulator launcher supervisor image clean

runtime := linux-x64
sidecar := src/CredentialSidecar
tests := tests/CredentialSidecar.Tests
conformance := tests/CredentialSidecar.Conformance
ring := $(conformance)/bin/Debug/net10.0/CredentialSidecar.Conformance
publish := dotnet publish -c Release -r $(runtime) --nologo -p:CopyOutputSymbolsToPublishDirectory=false

help: ## This list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

build: ## Everything; a warning is an error
	dotnet build --nologo

quick: ## The fast tests alone, in less than half a minute after a build
	dotnet build --nologo $(tests)
	$(tests)/bin/Debug/net10.0/CredentialSidecar.Tests

debug: ## The sidecar beside the emulator, open to a debugger; Ctrl+C ends both
	dotnet build --nologo $(sidecar)
	dotnet build --nologo src/CredentialSidecar.Emulator
	@src/CredentialSidecar.Emulator/bin/Debug/net10.0/credential-sidecar-emulator \
		--agent-port 9180 --sts-port 9181 --control-port 9182 --credentials-id debug & \
	trap 'kill $$! 2>/dev/null' EXIT; trap : INT TERM; dotnet run --no-build --project $(sidecar) --launch-profile emulator

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

# It needs packages that no committed lock lists, so it keeps a lock of its own.
trimmed: ## artifacts/trimmed: a program that needs no .NET on the machine
	rm -rf artifacts/trimmed
	$(publish) $(sidecar) -p:RestoreLockedMode=false -p:NuGetLockFilePath=obj/publish.lock.json --self-contained -p:PublishTrimmed=true -p:PublishSingleFile=true -p:PublishReadyToRun=true -o artifacts/trimmed
	@ls -lh artifacts/trimmed/credential-sidecar

native: ## artifacts/native: a natively compiled program; the smallest and quickest
	$(call natively,$(sidecar),native)

emulator: ## artifacts/emulator: the emulator, natively compiled, for its image
	$(call natively,src/CredentialSidecar.Emulator,emulator)

# The restore it came from is kept, because .ci/image/bases needs it for the bill of materials.
define natively
	rm -rf artifacts/$(2)
	$(publish) $(1) -p:NuGetLockFilePath=packages.$(runtime).lock.json -p:BaseIntermediateOutputPath=obj/native/ \
		-p:PublishAot=true -p:OptimizationPreference=Size -p:StripSymbols=true -p:CppCompilerAndLinker=gcc -o artifacts/$(2)
	@ls -lh artifacts/$(2)
endef

launcher: ## artifacts/launcher: credential-launch, static, for any Linux image
	sh src/CredentialSidecar.Launcher/publish.sh

supervisor: ## artifacts/supervisor: credential-supervisor, static, the image's pid 1
	sh src/CredentialSidecar.Supervisor/publish.sh

image: ## The container image, from the public base images; see docs/image.md
	docker build -t credential-sidecar .

clean: ## Remove everything that was built
	rm -rf artifacts
	find src tests samples benchmarks -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +
