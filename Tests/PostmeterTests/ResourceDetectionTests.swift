import PostmeterModel
import Testing

@testable import Postmeter

@Suite struct ResourceDetectionTests {
    private static let id = String(repeating: "0123456789abcdef", count: 4)
    private let facts = ProcessFacts(
        id: 4_711, user: 1_000, command: "./triage", executable: "/opt/acme/bin/triage-service",
        host: "mail-7",
        machine: "x86_64", system: "Linux", release: "6.12.9")
    private let release = """
        # A comment=1
        PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
        NAME="Debian GNU/Linux"
        VERSION_ID='12'
        ID=debian
        """

    private func detect(
        _ contents: [String: String], change: (inout PostmeterConfiguration) -> Void = { _ in }
    ) -> Resource {
        var configuration = PostmeterConfiguration()
        change(&configuration)
        return ResourceDetection(files: .test(contents), facts: facts).resource(for: configuration)
    }

    @Test func `machine, system and process are described`() {
        let resource = detect([
            "/etc/os-release": release, "/etc/machine-id": "3d1219c7c4c5404aaa1f6d2a48adfda4\n",
            "/etc/passwd": "root:x:0:0:root:/root:/bin/sh\nagents:x:1000:1000::/home/agents:/bin/sh\n",
        ])
        let expected = [
            "service.name": "unknown_service:triage-service", "telemetry.sdk.name": "postmeter",
            "telemetry.sdk.language": "swift", "host.name": "mail-7",
            "host.id": "3d1219c7c4c5404aaa1f6d2a48adfda4", "host.arch": "amd64", "os.type": "linux",
            "os.name": "Debian GNU/Linux", "os.version": "12",
            "os.description": "Debian GNU/Linux 12 (bookworm)", "process.executable.name": "triage-service",
            "process.executable.path": "/opt/acme/bin/triage-service", "process.command": "./triage",
            "process.owner": "agents", "process.runtime.name": "swift",
        ]
        for (key, value) in expected { #expect(resource[key] == value, "\(key)") }
        #expect(resource["process.runtime.version"]?.hasPrefix("6.") == true)
        #expect(resource.attributes.contains(Attribute("process.pid", 4_711)))
        #expect(resource["container.id"] == nil)
        #expect(!resource.attributes.contains { $0.key == "process.command_args" })
    }

    @Test func `what cannot be read is left out, and the kernel speaks for the system`() {
        let resource = detect([:])
        #expect(resource["os.name"] == "Linux")
        #expect(resource["os.version"] == "6.12.9")
        #expect(resource["os.description"] == "Linux 6.12.9")
        for key in ["host.id", "process.owner", "container.id"] { #expect(resource[key] == nil) }
    }

    @Test func `the machine id is that of dbus where the system has none, and nothing that is no id`() {
        let id = "0123456789abcdef0123456789abcdef"
        #expect(detect(["/var/lib/dbus/machine-id": id])["host.id"] == id)
        #expect(detect(["/etc/machine-id": "uninitialized\n"])["host.id"] == nil)
    }

    @Test(arguments: [
        "12:memory:/docker/\(id)", "1:name=systemd:/kubepods/besteffort/pod1/\(id)",
        "0::/system.slice/docker-\(id).scope", "9:pids:/kubepods.slice/cri-containerd-\(id).scope",
        "5:cpu:/\n3:memory:/libpod-\(id).scope",
    ])
    func `a container shows in the paths of its control groups`(groups: String) {
        let resource = detect(["/proc/self/cgroup": groups, "/etc/machine-id": String(Self.id.prefix(32))])
        #expect(resource["container.id"] == Self.id)
        #expect(resource["host.id"] == nil)
    }

    @Test(arguments: [
        "22 27 8:1 /var/lib/docker/containers/\(id)/hostname /etc/hostname rw - ext4 /dev/sda1 rw",
        "22 27 8:1 /containers/overlay-containers/\(id)/userdata/resolv.conf /etc/resolv.conf ro - ext4 x rw",
    ])
    func `a container shows in what is mounted into it`(mount: String) {
        let resource = detect([
            "/proc/self/cgroup": "0::/\n",
            "/proc/self/mountinfo": "1 2 0:1 / / rw - overlay overlay rw\n\(mount)\n",
        ])
        #expect(resource["container.id"] == Self.id)
    }

    @Test(arguments: [
        "2:memory:/process_api/3964ed3c8c232ddf551e5391f4e883e5", "0::/user.slice/user-1000.slice", "", "::",
        "0::/docker/" + String(repeating: "G", count: 64),
    ])
    func `what is no container's id is not taken for one`(groups: String) {
        let mount = "1 2 8:1 /sandboxes/\(Self.id)/hostname /etc/hostname rw - ext4 /dev/sda1 rw"
        #expect(
            detect(["/proc/self/cgroup": groups, "/proc/self/mountinfo": mount])["container.id"] == nil)
    }

    @Test(arguments: [("aarch64", "arm64"), ("armv7l", "arm32"), ("i686", "x86"), ("s390x", "s390x")])
    func `processors have the names of OpenTelemetry`(machine: String, architecture: String) {
        var detection = ResourceDetection(files: .test([:]), facts: facts)
        detection.facts.machine = machine
        #expect(detection.attributes.contains(Attribute("host.arch", .string(architecture))))
    }

    @Test func `what is configured goes before what is detected, and detection can be left out`() {
        let named = detect([:]) {
            $0.resource = Resource([Attribute("host.name", "other"), Attribute("service.name", "a")])
            $0.serviceName = "b"
        }
        #expect(named["host.name"] == "other")
        #expect(named["service.name"] == "b")
        let bare = detect(["/etc/os-release": release]) { $0.detectsResource = false }
        #expect(bare["host.name"] == nil)
        #expect(bare["os.name"] == nil)
        #expect(bare["service.instance.id"]?.utf8.count == 36)
    }

    @Test func `this machine is described`() {
        let resource = ResourceDetection().resource(for: PostmeterConfiguration())
        #expect(resource["os.type"] == "linux")
        #expect(resource["process.executable.path"]?.hasPrefix("/") == true)
        #expect(resource["host.name"]?.isEmpty == false)
    }
}
