# The AWS SDK for Ruby before 3.171, which knows only RELATIVE_URI: its default credentials chain.
require "json"
require "aws-sdk-core"

puts JSON.generate(version: Aws::CORE_GEM_VERSION)
exit if ARGV[0] == "0"

chain = Aws::CredentialProviderChain.new.resolve

if chain.nil?
  puts JSON.generate(error: "no credentials")
  exit 1
end

ARGV[0].to_i.times do |call|
  sleep(call.zero? ? 0 : ENV.fetch("CLIENT_PAUSE", "0").to_f)
  puts JSON.generate(accessKeyId: chain.credentials.access_key_id)
end
