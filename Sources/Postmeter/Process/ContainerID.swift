/// Finds the id of the container that a process runs in.
///
/// Source: OpenTelemetry semantic conventions, "Resource: container"; the forms of the paths are those of Docker,
/// containerd, CRI-O and Podman.
enum ContainerID {
    /// The id, 64 hexadecimal digits; nil outside of a container, or in one that does not show it.
    ///
    /// With version 1 of control groups their paths end with the id; with version 2 the process sees `/` alone,
    /// and the id stands in the path of a file that the runtime mounts from the container's own folder.
    static func find(in files: SystemFiles) -> String? {
        if let groups = files.text("/proc/self/cgroup"), let id = inGroups(groups) { return id }
        return files.text("/proc/self/mountinfo").flatMap(inMounts)
    }

    /// Lines are `hierarchy:controllers:path`.
    private static func inGroups(_ text: String) -> String? {
        for line in text.split(separator: "\n") {
            let path = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).last ?? ""
            guard let last = path.split(separator: "/").last else { continue }
            // `docker-<id>.scope`, `cri-containerd-<id>.scope`, or `<id>`.
            let name = last.hasSuffix(".scope") ? last.dropLast(6) : last
            if let id = name.split(separator: "-").last, isID(id) { return String(id) }
        }
        return nil
    }

    /// The fourth field of a line is the path within the mounted file system.
    private static func inMounts(_ text: String) -> String? {
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 4, ["/etc/hostname", "/etc/hosts", "/etc/resolv.conf"].contains(fields[4])
            else { continue }
            // `.../containers/<id>/hostname` and `.../overlay-containers/<id>/userdata/hostname`; a folder
            // `sandboxes` belongs to the pod, not to the container.
            let parts = fields[3].split(separator: "/")
            for (folder, id) in zip(parts, parts.dropFirst()) {
                if folder == "containers" || folder == "overlay-containers", isID(id) { return String(id) }
            }
        }
        return nil
    }

    private static func isID(_ text: Substring) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
