/// A unit for systemd that runs the collector with as few rights as it needs.
package struct SystemdUnit {
    /// The path of the program.
    package var program: String
    /// The configuration file; nil for the demonstration.
    package var configuration: String?
    /// The user; nil for one that systemd makes for the time of the run.
    package var user: String?
    /// How long the end may take, in seconds.
    package var shutdownSeconds: UInt64

    package init(program: String, configuration: String?, user: String?, shutdownSeconds: UInt64) {
        self.program = program
        self.configuration = configuration
        self.user = user
        self.shutdownSeconds = shutdownSeconds
    }

    /// The unit's text.
    ///
    /// The data is in `/var/lib/postmeter`, which systemd makes for the user; variables of the configuration, such as
    /// secrets, may stand in `/etc/postmeter/environment`.
    package var text: String {
        let config = configuration.map { " --config \(Self.quoted($0))" } ?? ""
        return """
            # Written by `postmeter systemd-unit`; save it as /etc/systemd/system/postmeter.service, then:
            #   systemctl daemon-reload && systemctl enable --now postmeter
            [Unit]
            Description=Postmeter, the meter of a fleet of AI email agents
            Wants=network-online.target
            After=network-online.target

            [Service]
            Type=notify
            NotifyAccess=main
            ExecStart=\(Self.quoted(program)) serve\(config) --data %S/postmeter
            EnvironmentFile=-/etc/postmeter/environment
            \(user.map { "User=\($0)" } ?? "DynamicUser=yes")
            StateDirectory=postmeter
            StateDirectoryMode=0700
            UMask=0077
            Restart=on-failure
            RestartSec=1s
            WatchdogSec=60s
            # A large state is checked and read back first.
            TimeoutStartSec=10min
            # shutdown_timeout, and some seconds more.
            TimeoutStopSec=\(shutdownSeconds + 10)s
            LimitNOFILE=65536
            LimitCORE=0

            NoNewPrivileges=yes
            ProtectSystem=strict
            ProtectHome=yes
            PrivateTmp=yes
            PrivateDevices=yes
            ProtectClock=yes
            ProtectControlGroups=yes
            ProtectHostname=yes
            ProtectKernelLogs=yes
            ProtectKernelModules=yes
            ProtectKernelTunables=yes
            ProtectProc=invisible
            ProcSubset=pid
            RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
            RestrictNamespaces=yes
            RestrictRealtime=yes
            RestrictSUIDSGID=yes
            LockPersonality=yes
            MemoryDenyWriteExecute=yes
            RemoveIPC=yes
            CapabilityBoundingSet=
            AmbientCapabilities=
            SystemCallArchitectures=native
            SystemCallFilter=@system-service
            SystemCallFilter=~@privileged @resources
            SystemCallErrorNumber=EPERM

            [Install]
            WantedBy=multi-user.target
            """
    }

    /// A word of a command line as systemd reads it.
    static func quoted(_ word: String) -> String {
        let isPlain = word.allSatisfy {
            $0.isASCII && ($0.isLetter || $0.isNumber || "/._-+@:,=".contains($0))
        }
        guard !isPlain || word.isEmpty else { return word }
        var text = "\""
        for character in word {
            switch character {
            case "\\", "\"": text += "\\\(character)"
            case "%", "$": text += "\(character)\(character)"
            default: text.append(character)
            }
        }
        return text + "\""
    }
}
