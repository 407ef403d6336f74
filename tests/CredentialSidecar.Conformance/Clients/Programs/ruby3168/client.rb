# The AWS SDK for Ruby before 3.171, which knows only RELATIVE_URI: its default credentials chain.
require "json"
require "aws-sdk-core"

puts JSON.generate(version: Aws::CORE_GEM_VERSION)
exit if ARGV[0] == "0"

credentials = Aws::CredentialProviderChain.new.resolve
abort "no credentials" if credentials.nil?
puts JSON.generate(accessKeyId: credentials.credentials.access_key_id)
