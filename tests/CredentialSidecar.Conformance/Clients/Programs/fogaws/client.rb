# fog-aws: where it looks for credentials of a container or an instance.
require "json"
require "fog/aws"

puts JSON.generate(version: Fog::AWS::VERSION)

ARGV[0].to_i.times do |call|
  sleep(call.zero? ? 0 : ENV.fetch("CLIENT_PAUSE", "0").to_f)
  credentials = Fog::AWS::Storage.fetch_credentials(use_iam_profile: true, region: "eu-central-1")

  if credentials[:aws_access_key_id].nil?
    puts JSON.generate(error: "no credentials")
    exit 1
  end

  puts JSON.generate(accessKeyId: credentials[:aws_access_key_id])
end
